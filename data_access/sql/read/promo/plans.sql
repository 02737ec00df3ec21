-- purpose: the scenarios of a range of days, as they stand and as they were approved last where that is another version
-- grain: one row a scenario and version
-- params: start Date32, end Date32
-- reads: promo_scenarios, scenario_versions
WITH approved AS (
    SELECT v.scenario_id, max(v.version) AS version FROM scenario_versions AS v WHERE v.state = 'approved' GROUP BY v.scenario_id
),
planned AS (
    SELECT
        s.id AS scenario_id, coalesce(s.version, 1) AS version, coalesce(s.state, 'draft') AS state, s.label,
        s.date_range_start, s.date_range_end, CAST(s.mechanics AS VARCHAR) AS mechanics
    FROM promo_scenarios AS s
    WHERE coalesce(s.state, 'draft') IN ('draft', 'submitted', 'approved')
    UNION ALL
    SELECT s.id, v.version, v.state, v.label, v.date_range_start, v.date_range_end, CAST(v.mechanics AS VARCHAR)
    FROM promo_scenarios AS s
    JOIN approved AS a ON a.scenario_id = s.id
    JOIN scenario_versions AS v ON v.scenario_id = s.id AND v.version = a.version
    WHERE s.state NOT IN ('archived', 'approved')
)
SELECT
    CAST(p.scenario_id AS VARCHAR) AS scenario_id, p.version, p.state, coalesce(p.label, '') AS label,
    p.date_range_start, p.date_range_end, p.mechanics
FROM planned AS p
WHERE p.date_range_start <= :end AND p.date_range_end >= :start
ORDER BY p.date_range_start, p.label, p.scenario_id, p.version
