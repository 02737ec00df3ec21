-- purpose: put a typed target in place; it is of no file any more
-- grain: one row a month and geo
-- params: month String, geo String, sales Decimal(18, 2), margin Decimal(5, 2), units Nullable(Int64)
INSERT INTO targets (month, geo, sales_value_target, margin_pct_target, units_target, source_file)
VALUES (:month, :geo, :sales, :margin, :units, NULL)
ON CONFLICT (month, geo)
DO UPDATE SET sales_value_target = excluded.sales_value_target, margin_pct_target = excluded.margin_pct_target,
    units_target = excluded.units_target, source_file = NULL, updated_at = now()
