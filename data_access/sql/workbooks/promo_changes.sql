-- purpose: what a file's promotions will change: new ones, ones with other values, and the file's own that are not in it any more
-- grain: one row
-- params: file String, first Date32, last Date32
SELECT
    (SELECT count(*) FROM arriving_rows AS a
     WHERE NOT EXISTS (SELECT 1 FROM promo_catalog AS t WHERE t.id = CAST(a.id AS UUID))) AS fresh,
    (SELECT count(*) FROM arriving_rows AS a WHERE a.differs) AS changed,
    (SELECT count(*) FROM arriving_rows AS a JOIN promo_catalog AS t ON t.id = CAST(a.id AS UUID)
     WHERE t.source_file IS DISTINCT FROM :file) AS taken,
    (SELECT count(*) FROM promo_catalog AS t WHERE t.source_file = :file AND t.is_found IS NOT TRUE
     AND t.date_start BETWEEN :first AND :last
     AND NOT EXISTS (SELECT 1 FROM kept_keys AS k WHERE t.id = CAST(k.id AS UUID))) AS gone
