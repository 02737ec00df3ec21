-- purpose: the forecast that was frozen when a scenario was approved last
-- grain: one row, none where it was never approved
-- params: scenario String
-- reads: scenario_versions
SELECT version, coalesce(author, '') AS author, created_at, CAST(frozen AS VARCHAR) AS frozen
FROM scenario_versions
WHERE scenario_id = CAST(:scenario AS UUID) AND state = 'approved' AND frozen IS NOT NULL
ORDER BY version DESC
LIMIT 1
