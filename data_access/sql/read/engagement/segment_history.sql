-- purpose: size, joins and leaves of one segment by day
-- grain: one row a day
-- params: segment String, start Date32, end Date32
-- reads: segment_statistics
SELECT
    date AS day, max(segment_name) AS name, sum(total_members) AS members, sum(new_members) AS joined,
    sum(removed_members) AS gone
FROM segment_statistics
WHERE segment_id = :segment AND date BETWEEN :start AND :end
GROUP BY date
ORDER BY day
