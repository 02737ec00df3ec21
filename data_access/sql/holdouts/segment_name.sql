-- purpose: a segment's name
-- grain: one row, none where the account has none of this id
-- params: account String, segment String
SELECT name FROM klaviyo_segments WHERE klaviyo_public_id = :account AND segment_id = :segment
