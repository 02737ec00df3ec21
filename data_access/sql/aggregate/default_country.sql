-- purpose: the country whose holidays stand in dim_time: that of the store connected first
-- grain: one row, none without a store
SELECT upper(coalesce(json_extract_string(c.value, '$'), s.country, '')) AS country
FROM stores AS s
LEFT JOIN settings AS c ON c.klaviyo_public_id = s.klaviyo_public_id AND c.key = 'country'
WHERE s.klaviyo_public_id IS NOT NULL
ORDER BY s.created_at, s.klaviyo_public_id
LIMIT 1
