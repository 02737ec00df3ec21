-- purpose: puts a file's rows in place of those of the same key, and takes its own out that are not in it any more
-- grain: one row a month, geo
-- params: file String, first String, last String
DELETE FROM targets
WHERE source_file = :file AND targets.month BETWEEN :first AND :last
    AND NOT EXISTS (SELECT 1 FROM kept_keys AS k WHERE targets.month = k.month AND targets.geo = k.geo)
-- @next
UPDATE targets SET
    sales_value_target = a.sales_value_target,
    margin_pct_target = a.margin_pct_target,
    units_target = a.units_target,
    source_file = :file,
    updated_at = now()
FROM arriving_rows AS a
WHERE targets.month = a.month AND targets.geo = a.geo AND (targets.sales_value_target IS DISTINCT FROM a.sales_value_target
    OR targets.margin_pct_target IS DISTINCT FROM a.margin_pct_target
    OR targets.units_target IS DISTINCT FROM a.units_target
    OR targets.source_file IS DISTINCT FROM :file)
-- @next
INSERT INTO targets (month, geo, sales_value_target, margin_pct_target, units_target, source_file)
SELECT a.month, a.geo, a.sales_value_target, a.margin_pct_target, a.units_target, :file
FROM arriving_rows AS a
WHERE NOT EXISTS (SELECT 1 FROM targets AS t WHERE t.month = a.month AND t.geo = a.geo)
