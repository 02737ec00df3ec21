-- purpose: puts a file's promotions in place, and takes its own out that are not in it any more
-- grain: one row a promotion, by its name, days, departments and channels
-- params: file String, first Date32, last Date32
DELETE FROM promo_catalog
WHERE source_file = :file AND is_found IS NOT TRUE AND date_start BETWEEN :first AND :last
    AND NOT EXISTS (SELECT 1 FROM kept_keys AS k WHERE promo_catalog.id = CAST(k.id AS UUID))
-- @next
UPDATE promo_catalog SET
    avg_discount_pct = a.avg_discount_pct, mechanics = CAST(a.mechanics AS JSON), source_file = :file
FROM arriving_rows AS a
WHERE promo_catalog.id = CAST(a.id AS UUID)
    AND (a.differs OR promo_catalog.source_file IS DISTINCT FROM :file)
-- @next
INSERT INTO promo_catalog
    (id, promo_name, date_start, date_end, departments, channels, avg_discount_pct, mechanics, source_file)
SELECT
    CAST(a.id AS UUID), a.promo_name, a.date_start, a.date_end, a.departments, a.channels, a.avg_discount_pct,
    CAST(a.mechanics AS JSON), :file
FROM arriving_rows AS a
WHERE NOT EXISTS (SELECT 1 FROM promo_catalog AS t WHERE t.id = CAST(a.id AS UUID))
