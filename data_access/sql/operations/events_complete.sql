-- purpose: the instant that the last complete walk of an account's events covers
-- grain: one row; complete NULL where no walk has come to its end yet
-- params: account String
SELECT
    max(watermark) AS complete,
    (SELECT max(status) FROM stores WHERE klaviyo_public_id = :account) AS status
FROM sync_cursors
WHERE klaviyo_public_id = :account AND resource = 'events' AND "partition" = ''
