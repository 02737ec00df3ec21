-- purpose: where promotions would pay in some days, and which scenario was begun from each
-- grain: one row an opportunity that begins in these days, the largest change of EBIT first
-- params: start Date32, end Date32
-- reads: opportunities, promo_scenarios
SELECT
    CAST(o.id AS VARCHAR) AS id, o.department, o.channel, o.date_start, o.date_end, o.discount_pct,
    o.expected_ebit_delta, o.gap_share_pct, coalesce(o.reason, '') AS reason,
    coalesce(CAST(o.details AS VARCHAR), '{}') AS details, o.created_at, s.scenario_id
FROM opportunities AS o
LEFT JOIN (
    SELECT source_opportunity_id, max(CAST(id AS VARCHAR)) AS scenario_id
    FROM promo_scenarios
    WHERE source_opportunity_id IS NOT NULL AND coalesce(state, 'draft') <> 'archived'
    GROUP BY source_opportunity_id
) AS s ON s.source_opportunity_id = o.id
WHERE o.date_start BETWEEN :start AND :end
ORDER BY coalesce(o.expected_ebit_delta, 0) DESC, o.department, o.channel, o.date_start, id
