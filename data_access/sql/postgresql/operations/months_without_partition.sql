-- purpose: months of sales_aggregated that have no partition yet: those of rows that wait for one, this one and the next two
-- grain: one row a month
SELECT m.month
FROM (
    SELECT DISTINCT date_trunc('month', date)::date AS month FROM sales_aggregated_rest
    UNION
    SELECT (date_trunc('month', now()) + make_interval(months => n))::date FROM generate_series(0, 2) AS n
) AS m
WHERE to_regclass('sales_aggregated_' || to_char(m.month, 'YYYY_MM')) IS NULL
ORDER BY m.month
