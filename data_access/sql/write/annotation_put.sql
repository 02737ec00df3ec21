-- purpose: keep a new note; one of that id that is kept already stays as it is
-- grain: one row a note
-- params: account String, id String, start Date32, end Date32, note String, person String
INSERT INTO annotations (id, klaviyo_public_id, date_start, date_end, note, created_by)
VALUES (CAST(:id AS UUID), :account, :start, :end, :note, :person)
ON CONFLICT (id) DO NOTHING
