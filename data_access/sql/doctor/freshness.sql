-- purpose: how fresh each account's data are, and whether it has a key, or which file its orders came from
-- grain: one row an account
SELECT
    s.klaviyo_public_id AS account,
    s.name,
    s.status,
    s.api_key_encrypted,
    s.timezone,
    max(k.events_last_sync) AS events_last_sync,
    max(k.aggregates_last_sync) AS aggregates_last_sync,
    max(l.loaded_at) AS loaded_at,
    max(l.last_order) AS last_order
FROM stores AS s
LEFT JOIN klaviyo_syncs AS k ON k.klaviyo_public_id = s.klaviyo_public_id
LEFT JOIN order_loads AS l ON l.klaviyo_public_id = s.klaviyo_public_id
WHERE s.klaviyo_public_id IS NOT NULL
GROUP BY s.klaviyo_public_id, s.name, s.status, s.api_key_encrypted, s.timezone
ORDER BY s.name
