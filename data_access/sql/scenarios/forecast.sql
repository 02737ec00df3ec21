-- purpose: the forecast of what was saved last of a scenario, up to a version: what is frozen when that is approved
-- grain: one row, none where no forecast was kept
-- params: scenario String, version Int32
SELECT version, CAST(forecast AS VARCHAR) AS forecast
FROM scenario_versions
WHERE scenario_id = CAST(:scenario AS UUID) AND version <= :version AND forecast IS NOT NULL
ORDER BY version DESC
LIMIT 1
