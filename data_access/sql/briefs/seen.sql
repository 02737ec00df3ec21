-- purpose: one version of a scenario's brief, for whoever opened it to be told what was changed since
-- grain: one row, none where there is no such version
-- params: brief String, version Int32
SELECT
    CAST(brief_id AS VARCHAR) AS brief_id, CAST(scenario_id AS VARCHAR) AS scenario_id, version, scenario_version,
    CAST(brief AS VARCHAR) AS brief, CAST(assets AS VARCHAR) AS assets, coalesce(author, '') AS author, created_at
FROM brief_versions
WHERE brief_id = CAST(:brief AS UUID) AND version = :version
