-- purpose: remove a note
-- grain: one row a note
-- params: account String, id String
DELETE FROM annotations WHERE klaviyo_public_id = :account AND id = CAST(:id AS UUID)
