-- purpose: up to when the account's data are known: the instant that the last complete walk of its events covers
-- grain: one row a dataset
-- params: account String
UPDATE data_versions
SET as_of = (
    SELECT max(watermark) FROM sync_cursors
    WHERE klaviyo_public_id = :account AND resource = 'events' AND "partition" = ''
)
WHERE klaviyo_public_id = :account
    AND as_of IS DISTINCT FROM (
        SELECT max(watermark) FROM sync_cursors
        WHERE klaviyo_public_id = :account AND resource = 'events' AND "partition" = ''
    )
