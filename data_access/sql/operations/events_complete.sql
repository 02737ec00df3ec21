-- purpose: the instant that the last complete walk of an account's events covers
-- grain: one row; NULL where no walk has come to its end yet
-- params: account String
SELECT max(watermark) AS complete
FROM sync_cursors
WHERE klaviyo_public_id = :account AND resource = 'events' AND "partition" = ''
