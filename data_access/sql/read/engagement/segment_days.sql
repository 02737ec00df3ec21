-- purpose: size, joins and leaves of every segment by day
-- grain: one row a segment and day
-- params: start Date32, end Date32
-- reads: segment_statistics
SELECT
    segment_id AS segment_id, segment_name AS name, date AS day, total_members AS members, new_members AS joined,
    removed_members AS gone
FROM segment_statistics
WHERE date BETWEEN :start AND :end
ORDER BY segment_id, day
