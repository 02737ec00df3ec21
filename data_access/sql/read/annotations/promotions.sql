-- purpose: the promotions that run on days of a range, to be marked on charts
-- grain: one row a promotion, the longest first
-- params: start Date32, end Date32, most Int32
-- reads: promo_catalog
SELECT coalesce(promo_name, '') AS name, date_start, date_end, avg_discount_pct
FROM promo_catalog
WHERE date_start <= :end AND date_end >= :start
ORDER BY date_end - date_start DESC, date_start, id
LIMIT :most
