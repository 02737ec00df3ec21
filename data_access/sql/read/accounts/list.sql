-- purpose: the connected stores, what their admins chose and what their published figures rest on
-- grain: one row a store and setting; key NULL for a store without any
SELECT
    s.klaviyo_public_id AS public_id, s.name, s.timezone, s.currency, coalesce(s.country, '') AS country,
    c.key, CAST(c.value AS VARCHAR) AS value, c.version, p.basis, s.status, l.file_name, l.loaded_at,
    s.campaign_values_last_update, s.flow_values_last_update, s.segment_values_last_update
FROM stores AS s
LEFT JOIN settings AS c ON c.klaviyo_public_id = s.klaviyo_public_id
LEFT JOIN projection_watermarks AS p ON p.klaviyo_public_id = s.klaviyo_public_id AND p.projection = 'orders'
LEFT JOIN (
    SELECT klaviyo_public_id, max(job_id) AS job_id FROM order_loads GROUP BY klaviyo_public_id
) AS n ON n.klaviyo_public_id = s.klaviyo_public_id
LEFT JOIN order_loads AS l ON l.klaviyo_public_id = n.klaviyo_public_id AND l.job_id = n.job_id
WHERE s.klaviyo_public_id IS NOT NULL
ORDER BY s.name, s.klaviyo_public_id, c.key
