-- purpose: what a file's rows will change: new ones, ones with other values, and the file's own that are not in it any more
-- grain: one row
-- params: file String, first String, last String
SELECT
    (SELECT count(*) FROM arriving_rows AS a WHERE NOT EXISTS (SELECT 1 FROM targets AS t WHERE t.month = a.month AND t.geo = a.geo)) AS fresh,
    (SELECT count(*) FROM arriving_rows AS a JOIN targets AS t ON t.month = a.month AND t.geo = a.geo
     WHERE t.sales_value_target IS DISTINCT FROM a.sales_value_target
        OR t.margin_pct_target IS DISTINCT FROM a.margin_pct_target
        OR t.units_target IS DISTINCT FROM a.units_target) AS changed,
    (SELECT count(*) FROM arriving_rows AS a JOIN targets AS t ON t.month = a.month AND t.geo = a.geo
     WHERE t.source_file IS DISTINCT FROM :file) AS taken,
    (SELECT count(*) FROM targets AS t WHERE t.source_file = :file AND t.month BETWEEN :first AND :last
     AND NOT EXISTS (SELECT 1 FROM kept_keys AS k WHERE t.month = k.month AND t.geo = k.geo)) AS gone
