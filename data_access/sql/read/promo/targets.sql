-- purpose: targets of months
-- grain: one row a month and geo
-- reads: targets
SELECT month, geo, sales_value_target, margin_pct_target, units_target, source_file
FROM targets
ORDER BY month, geo
