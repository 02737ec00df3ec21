-- purpose: what a file's rows will change: new ones, ones with other values, and the file's own that are not in it any more
-- grain: one row
-- params: file String, first Date32, last Date32
SELECT
    (SELECT count(*) FROM arriving_rows AS a WHERE NOT EXISTS (SELECT 1 FROM sales_aggregated AS t WHERE t.date = a.date AND t.channel = a.channel
        AND t.department = a.department AND t.promo_flag = a.promo_flag)) AS fresh,
    (SELECT count(*) FROM arriving_rows AS a JOIN sales_aggregated AS t ON t.date = a.date AND t.channel = a.channel
        AND t.department = a.department AND t.promo_flag = a.promo_flag
     WHERE t.discount_pct IS DISTINCT FROM a.discount_pct
        OR t.sales_value IS DISTINCT FROM a.sales_value
        OR t.margin_value IS DISTINCT FROM a.margin_value
        OR t.units IS DISTINCT FROM a.units) AS changed,
    (SELECT count(*) FROM arriving_rows AS a JOIN sales_aggregated AS t ON t.date = a.date AND t.channel = a.channel
        AND t.department = a.department AND t.promo_flag = a.promo_flag
     WHERE t.source_file IS DISTINCT FROM :file) AS taken,
    (SELECT count(*) FROM sales_aggregated AS t WHERE t.source_file = :file AND t.date BETWEEN :first AND :last
     AND NOT EXISTS (SELECT 1 FROM kept_keys AS k WHERE t.date = k.date AND t.channel = k.channel
        AND t.department = k.department AND t.promo_flag = k.promo_flag)) AS gone
