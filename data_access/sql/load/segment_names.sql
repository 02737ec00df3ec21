-- purpose: names of the segments, which the reports lack
-- grain: one row a segment
-- params: account String
SELECT segment_id, name AS segment_name FROM klaviyo_segments WHERE klaviyo_public_id = :account
