-- purpose: the company's sales of all channels by day, from its workbooks
-- grain: one row a day, oldest first
-- params: since Date32, through Date32
-- reads: sales_aggregated
SELECT
    date AS day, CAST(sum(sales_value) AS DECIMAL(18, 2)) AS sales, CAST(sum(margin_value) AS DECIMAL(18, 2)) AS margin
FROM sales_aggregated
WHERE date BETWEEN :since AND :through
GROUP BY date
ORDER BY date
