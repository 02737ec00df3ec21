-- purpose: by which pseudonym a person is noted; of several, as after a restore, the oldest one
-- grain: one row, none where the name was never noted or has been erased
-- params: name String
SELECT pseudonym FROM persons WHERE name = :name ORDER BY created_at, pseudonym LIMIT 1
