-- purpose: which departments and channels have sales, and from when to when
-- grain: one row a department and channel
-- reads: sales_aggregated
SELECT department, channel, min(date) AS first_day, max(date) AS last_day, count(DISTINCT date) AS days
FROM sales_aggregated
GROUP BY department, channel
ORDER BY department, channel
