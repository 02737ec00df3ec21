-- purpose: puts a file's rows in place of those of the same key, and takes its own out that are not in it any more
-- grain: one row a date, channel, department, promo_flag
-- params: file String, first Date32, last Date32
DELETE FROM sales_aggregated
WHERE source_file = :file AND sales_aggregated.date BETWEEN :first AND :last
    AND NOT EXISTS (SELECT 1 FROM kept_keys AS k WHERE sales_aggregated.date = k.date AND sales_aggregated.channel = k.channel
        AND sales_aggregated.department = k.department AND sales_aggregated.promo_flag = k.promo_flag)
-- @next
UPDATE sales_aggregated SET
    discount_pct = a.discount_pct,
    sales_value = a.sales_value,
    margin_value = a.margin_value,
    units = a.units,
    source_file = :file,
    updated_at = now()
FROM arriving_rows AS a
WHERE sales_aggregated.date = a.date AND sales_aggregated.channel = a.channel
        AND sales_aggregated.department = a.department AND sales_aggregated.promo_flag = a.promo_flag AND (sales_aggregated.discount_pct IS DISTINCT FROM a.discount_pct
    OR sales_aggregated.sales_value IS DISTINCT FROM a.sales_value
    OR sales_aggregated.margin_value IS DISTINCT FROM a.margin_value
    OR sales_aggregated.units IS DISTINCT FROM a.units
    OR sales_aggregated.source_file IS DISTINCT FROM :file)
-- @next
INSERT INTO sales_aggregated (date, channel, department, promo_flag, discount_pct, sales_value, margin_value, units, source_file)
SELECT a.date, a.channel, a.department, a.promo_flag, a.discount_pct, a.sales_value, a.margin_value, a.units, :file
FROM arriving_rows AS a
WHERE NOT EXISTS (SELECT 1 FROM sales_aggregated AS t WHERE t.date = a.date AND t.channel = a.channel
        AND t.department = a.department AND t.promo_flag = a.promo_flag)
