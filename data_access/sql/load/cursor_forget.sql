-- purpose: forgets the positions of slices whose walk is complete
-- grain: one row a partition
-- params: account String, resource String, partitions Array(String)
DELETE FROM sync_cursors
WHERE klaviyo_public_id = :account AND resource = :resource AND "partition" = ANY(:partitions)
