-- purpose: the countries of the stores, whose holidays sales follow where the planners chose none
-- grain: one row a country, '' where a store has none
SELECT DISTINCT upper(coalesce(json_extract_string(c.value, '$'), s.country, '')) AS country
FROM stores AS s
LEFT JOIN settings AS c ON c.klaviyo_public_id = s.klaviyo_public_id AND c.key = 'country'
WHERE s.klaviyo_public_id IS NOT NULL
ORDER BY country
