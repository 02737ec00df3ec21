-- purpose: the promotions of the catalog in a range of days: loaded with a name, or found in sales
-- grain: one row a promotion
-- params: start Date32, end Date32
-- reads: promo_catalog
SELECT
    CAST(id AS VARCHAR) AS promotion, coalesce(promo_name, '') AS label, date_start, date_end, departments, channels,
    avg_discount_pct, coalesce(is_found, false) AS is_found
FROM promo_catalog
WHERE date_start <= :end AND date_end >= :start
ORDER BY date_start, promo_name, id
