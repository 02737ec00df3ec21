-- purpose: a scenario as it stands, before a step
-- grain: one row, none where it does not exist
-- params: scenario String
SELECT
    CAST(s.id AS VARCHAR) AS scenario_id, coalesce(s.state, 'draft') AS state, coalesce(s.version, 1) AS version,
    s.label, s.date_range_start, s.date_range_end, s.scenario_type, CAST(s.mechanics AS VARCHAR) AS mechanics,
    coalesce(s.notes, '') AS notes, CAST(s.source_opportunity_id AS VARCHAR) AS source_opportunity_id, s.model_version,
    coalesce(s.updated_by, s.created_by, '') AS author, s.updated_at AS created_at, '' AS comment,
    CAST(NULL AS VARCHAR) AS changes, CAST(v.kpis AS VARCHAR) AS kpis, CAST(v.validation AS VARCHAR) AS validation,
    false AS frozen
FROM promo_scenarios AS s
LEFT JOIN scenario_versions AS v ON v.scenario_id = s.id AND v.version = s.version
WHERE s.id = CAST(:scenario AS UUID)
