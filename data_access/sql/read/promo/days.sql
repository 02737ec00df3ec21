-- purpose: what the company sold by day, all departments and channels together
-- grain: one row a day, oldest first
-- params: since Date32, through Date32
-- reads: sales_aggregated
SELECT
    date AS day, CAST(sum(sales_value) AS DECIMAL(18, 2)) AS sales,
    CAST(sum(margin_value) AS DECIMAL(18, 2)) AS margin, CAST(sum(units) AS BIGINT) AS units
FROM sales_aggregated
WHERE date BETWEEN :since AND :through
GROUP BY date
ORDER BY date
