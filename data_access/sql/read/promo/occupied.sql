-- purpose: which versions hold departments and channels on days: those submitted now, and those approved last
-- grain: one row a scenario and version
-- reads: promo_scenarios, scenario_versions
WITH approved AS (
    SELECT v.scenario_id, max(v.version) AS version FROM scenario_versions AS v WHERE v.state = 'approved' GROUP BY v.scenario_id
)
SELECT
    CAST(s.id AS VARCHAR) AS scenario_id, v.label, v.date_range_start, v.date_range_end,
    CAST(v.mechanics AS VARCHAR) AS mechanics, v.state
FROM promo_scenarios AS s
JOIN scenario_versions AS v ON v.scenario_id = s.id
LEFT JOIN approved AS a ON a.scenario_id = s.id
WHERE coalesce(s.state, 'draft') <> 'archived'
    AND (v.version = a.version OR (v.version = s.version AND v.state = 'submitted'))
ORDER BY v.date_range_start, s.id, v.version
