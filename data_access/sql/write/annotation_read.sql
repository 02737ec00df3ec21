-- purpose: a note as it stands, before it is written
-- grain: one row, none where it was removed
-- params: account String, id String
SELECT CAST(id AS VARCHAR) AS id, date_start, date_end, note, coalesce(created_by, '') AS created_by
FROM annotations
WHERE klaviyo_public_id = :account AND id = CAST(:id AS UUID)
