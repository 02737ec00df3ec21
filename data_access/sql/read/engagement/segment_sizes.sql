-- purpose: sizes of segments on every so many days back from the last, and on the first and last day that has one
-- grain: one row a segment and day with a size, oldest first
-- params: start Date32, end Date32, every Int32
-- reads: segment_statistics
SELECT s.segment_id AS segment_id, s.date AS day, s.total_members AS members, s.new_members AS joined,
    s.removed_members AS gone
FROM segment_statistics AS s
JOIN (
    SELECT segment_id, min(date) AS first_known, max(date) AS last_known
    FROM segment_statistics
    WHERE date BETWEEN :start AND :end AND total_members IS NOT NULL
    GROUP BY segment_id
) AS k ON k.segment_id = s.segment_id
WHERE s.date BETWEEN :start AND :end AND s.total_members IS NOT NULL
    AND (date_diff('day', s.date, CAST(:end AS DATE)) % :every = 0 OR s.date = k.first_known OR s.date = k.last_known)
ORDER BY segment_id, day
