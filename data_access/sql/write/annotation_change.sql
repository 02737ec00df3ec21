-- purpose: give a note other days or another text
-- grain: one row a note
-- params: account String, id String, start Date32, end Date32, note String
UPDATE annotations
SET date_start = :start, date_end = :end, note = :note
WHERE klaviyo_public_id = :account AND id = CAST(:id AS UUID)
