-- purpose: the creative brief of a scenario as it stands
-- grain: one row, none where none was saved
-- params: scenario String
-- reads: creative_briefs
SELECT
    CAST(scenario_id AS VARCHAR) AS scenario_id, coalesce(version, 1) AS version, scenario_version,
    CAST(brief AS VARCHAR) AS brief, CAST(assets AS VARCHAR) AS assets, coalesce(updated_by, '') AS author,
    updated_at AS created_at
FROM creative_briefs
WHERE scenario_id = CAST(:scenario AS UUID)
ORDER BY updated_at DESC, id
LIMIT 1
