-- purpose: all cursors of an account
-- grain: one row a resource and partition
-- params: account String
SELECT resource, "partition", CAST(cursor AS VARCHAR) AS cursor, watermark
FROM sync_cursors WHERE klaviyo_public_id = :account ORDER BY resource, "partition"
