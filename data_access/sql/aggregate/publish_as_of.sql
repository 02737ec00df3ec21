-- purpose: up to when the account's data are known: the instant that the last complete walk of its events covers; of an
-- purpose: account that is filled from files the end of the day of its last order
-- grain: one row a dataset
-- params: account String
UPDATE data_versions
SET as_of = known.as_of
FROM (
    SELECT coalesce(
        (
            SELECT max(watermark) FROM sync_cursors
            WHERE klaviyo_public_id = :account AND resource = 'events' AND "partition" = ''
        ),
        (SELECT max(covers_until) FROM order_loads WHERE klaviyo_public_id = :account)
    ) AS as_of
) AS known
WHERE klaviyo_public_id = :account AND data_versions.as_of IS DISTINCT FROM known.as_of
