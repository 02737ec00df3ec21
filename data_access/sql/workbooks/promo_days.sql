-- purpose: the days on promotion of the departments and channels that a file brought, with their depth
-- grain: one row a department, channel and day on promotion
SELECT
    s.department, s.channel, s.date,
    sum(CASE WHEN s.discount_pct > 0 AND s.sales_value > 0 THEN s.sales_value * s.discount_pct END) AS weighted,
    sum(CASE WHEN s.discount_pct > 0 AND s.sales_value > 0 THEN s.sales_value END) AS weight,
    max(s.source_file) AS source_file
FROM sales_aggregated AS s
WHERE (s.discount_pct > 0 OR (s.promo_flag AND s.discount_pct IS NULL))
    AND EXISTS (SELECT 1 FROM touched_series AS t WHERE t.department = s.department AND t.channel = s.channel)
GROUP BY s.department, s.channel, s.date
ORDER BY s.department, s.channel, s.date
