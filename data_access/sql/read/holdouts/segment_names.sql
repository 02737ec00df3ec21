-- purpose: names of segments
-- grain: one row a segment
-- reads: klaviyo_segments
SELECT segment_id, name FROM klaviyo_segments
