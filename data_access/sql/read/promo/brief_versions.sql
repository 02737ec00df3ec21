-- purpose: the versions of a scenario's creative brief
-- grain: one row a version, the newest first
-- params: scenario String
-- reads: brief_versions
SELECT
    CAST(scenario_id AS VARCHAR) AS scenario_id, version, scenario_version, CAST(brief AS VARCHAR) AS brief,
    CAST(assets AS VARCHAR) AS assets, coalesce(author, '') AS author, created_at
FROM brief_versions
WHERE scenario_id = CAST(:scenario AS UUID)
ORDER BY created_at DESC, version DESC
