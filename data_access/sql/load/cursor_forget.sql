-- purpose: forgets the positions of slices: their walk is complete, or another one begins
-- grain: one row a slice
-- params: account String, resource String
DELETE FROM sync_cursors
WHERE klaviyo_public_id = :account AND resource = :resource AND "partition" LIKE '%/%'
