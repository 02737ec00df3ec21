-- purpose: how sure the figures are that were saved last of a scenario
-- grain: one row, none where no forecast was kept
-- params: scenario String
-- reads: scenario_versions
SELECT CAST(forecast AS VARCHAR) AS forecast
FROM scenario_versions
WHERE scenario_id = CAST(:scenario AS UUID) AND forecast IS NOT NULL
ORDER BY version DESC
LIMIT 1
