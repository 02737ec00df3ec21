-- purpose: the promotions that there are
-- grain: one row a promotion
SELECT
    CAST(id AS VARCHAR) AS id, promo_name, date_start, date_end, departments, channels, avg_discount_pct, source_file,
    CAST(mechanics AS VARCHAR) AS mechanics, coalesce(is_found, false) AS is_found
FROM promo_catalog
ORDER BY date_start, id
