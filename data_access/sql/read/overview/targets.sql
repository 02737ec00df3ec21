-- purpose: the targets of a month (YYYY-MM)
-- grain: one row a geo
-- params: month String
-- reads: targets
SELECT geo AS geo, sales_value_target AS sales, margin_pct_target AS margin_pct
FROM targets
WHERE month = :month
ORDER BY geo
