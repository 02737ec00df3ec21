-- purpose: the instant up to which syncs have covered an account's events
-- grain: one row; NULL for an account that was never synced
-- params: account String
SELECT max(watermark) AS known_until
FROM sync_cursors
WHERE klaviyo_public_id = :account AND resource = 'events' AND "partition" = ''
