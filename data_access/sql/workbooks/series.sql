-- purpose: the departments and channels of which there are sales
-- grain: one row a department and channel
SELECT department, channel FROM sales_aggregated GROUP BY department, channel ORDER BY department, channel
