-- purpose: keeps the promotions that were found in sales, and takes those out that are not there any more
-- grain: one row a run of days on promotion of a department and channel
DELETE FROM promo_catalog
WHERE EXISTS (SELECT 1 FROM lost_promotions AS l WHERE promo_catalog.id = CAST(l.id AS UUID))
-- @next
UPDATE promo_catalog SET
    date_end = a.date_end, avg_discount_pct = a.avg_discount_pct, mechanics = CAST(a.mechanics AS JSON),
    source_file = a.source_file
FROM found_promotions AS a
WHERE promo_catalog.id = CAST(a.id AS UUID)
-- @next
INSERT INTO promo_catalog
    (id, date_start, date_end, departments, channels, avg_discount_pct, mechanics, source_file, is_found)
SELECT
    CAST(a.id AS UUID), a.date_start, a.date_end, a.departments, a.channels, a.avg_discount_pct,
    CAST(a.mechanics AS JSON), a.source_file, true
FROM found_promotions AS a
WHERE NOT EXISTS (SELECT 1 FROM promo_catalog AS t WHERE t.id = CAST(a.id AS UUID))
