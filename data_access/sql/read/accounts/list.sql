-- purpose: the connected stores and what their admins chose, for the store picker and the jobs
-- grain: one row a store and setting; key NULL for a store without any
SELECT
    s.klaviyo_public_id AS public_id, s.name, s.timezone, s.currency, coalesce(s.country, '') AS country,
    c.key, CAST(c.value AS VARCHAR) AS value, c.version
FROM stores AS s
LEFT JOIN settings AS c ON c.klaviyo_public_id = s.klaviyo_public_id
WHERE s.klaviyo_public_id IS NOT NULL
ORDER BY s.name, s.klaviyo_public_id, c.key
