-- purpose: the company's sales by day
-- grain: one row a day, channel, department and promotion flag
-- params: start Date32, end Date32
-- reads: sales_aggregated
SELECT date, channel, department, promo_flag, discount_pct, sales_value, margin_value, units
FROM sales_aggregated
WHERE date BETWEEN :start AND :end
ORDER BY department, channel, date, promo_flag
