-- purpose: the company's sales by day
-- grain: one row a day, channel and department
-- reads: sales_aggregated
SELECT
    date AS day, channel, department, CAST(sum(sales_value) AS DOUBLE PRECISION) AS sales_value,
    CAST(sum(margin_value) AS DOUBLE PRECISION) AS margin_value, CAST(sum(units) AS DOUBLE PRECISION) AS units
FROM sales_aggregated
GROUP BY date, channel, department
ORDER BY channel, department, date
