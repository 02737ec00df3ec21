-- purpose: segments whose members are kept
-- grain: one row a segment
-- reads: segment_memberships
SELECT segment_id AS segment_id, min(snapshot_date) AS first_day, max(snapshot_date) AS last_day
FROM segment_memberships
GROUP BY segment_id
ORDER BY segment_id
