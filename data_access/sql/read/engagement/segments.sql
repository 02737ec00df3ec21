-- purpose: what segments gained and lost on some days
-- grain: one row a segment
-- params: start Date32, end Date32
-- reads: segment_statistics
SELECT
    segment_id AS segment_id, max(segment_name) AS name, sum(new_members) AS joined, sum(removed_members) AS gone
FROM segment_statistics
WHERE date BETWEEN :start AND :end
GROUP BY segment_id
