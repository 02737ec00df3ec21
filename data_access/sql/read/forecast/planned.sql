-- purpose: the promotions that are approved for some days, as they were approved last
-- grain: one row a scenario
-- params: start Date32, end Date32
-- reads: promo_scenarios, scenario_versions
WITH approved AS (
    SELECT v.scenario_id, max(v.version) AS version FROM scenario_versions AS v WHERE v.state = 'approved' GROUP BY v.scenario_id
)
SELECT
    CAST(s.id AS VARCHAR) AS scenario_id, v.version, coalesce(v.label, '') AS label, v.date_range_start,
    v.date_range_end, CAST(v.mechanics AS VARCHAR) AS mechanics
FROM promo_scenarios AS s
JOIN approved AS a ON a.scenario_id = s.id
JOIN scenario_versions AS v ON v.scenario_id = s.id AND v.version = a.version
WHERE coalesce(s.state, 'draft') <> 'archived' AND v.date_range_start <= :end AND v.date_range_end >= :start
ORDER BY v.date_range_start, s.id
