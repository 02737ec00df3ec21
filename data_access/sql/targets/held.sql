-- purpose: targets before others are put in place
-- grain: one row a month and geo
SELECT month, geo, sales_value_target, margin_pct_target, units_target FROM targets
