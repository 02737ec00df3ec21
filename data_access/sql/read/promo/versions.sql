-- purpose: the versions of a scenario, with what changed in each
-- grain: one row a version, the newest first
-- params: scenario String
-- reads: scenario_versions
SELECT
    CAST(scenario_id AS VARCHAR) AS scenario_id, state, version, label, date_range_start, date_range_end, scenario_type,
    CAST(mechanics AS VARCHAR) AS mechanics, coalesce(notes, '') AS notes,
    CAST(source_opportunity_id AS VARCHAR) AS source_opportunity_id, model_version, coalesce(author, '') AS author,
    created_at, coalesce(comment, '') AS comment, CAST(changes AS VARCHAR) AS changes, CAST(kpis AS VARCHAR) AS kpis,
    CAST(validation AS VARCHAR) AS validation, frozen IS NOT NULL AS frozen
FROM scenario_versions
WHERE scenario_id = CAST(:scenario AS UUID)
ORDER BY version DESC
