-- purpose: what departments sold in their channels: in the month so far, in the same month last year, in the last days
-- grain: one row a department and channel
-- params: start Date32, through Date32, year_start Date32, year_end Date32, recent_start Date32, recent_end Date32
-- reads: sales_aggregated
SELECT
    department, channel,
    CAST(sum(CASE WHEN date BETWEEN :start AND :through THEN sales_value ELSE 0 END) AS DECIMAL(18, 2)) AS so_far,
    CAST(sum(CASE WHEN date BETWEEN :year_start AND :year_end THEN sales_value ELSE 0 END) AS DECIMAL(18, 2)) AS last_year,
    CAST(sum(CASE WHEN date BETWEEN :recent_start AND :recent_end THEN sales_value ELSE 0 END) AS DECIMAL(18, 2)) AS recent
FROM sales_aggregated
WHERE date BETWEEN :start AND :through OR date BETWEEN :year_start AND :year_end
    OR date BETWEEN :recent_start AND :recent_end
GROUP BY department, channel
ORDER BY department, channel
