-- purpose: sizes of lists on every so many days back from the last, and on the first and last day that has one
-- grain: one row a list and day with a size, oldest first
-- params: start Date32, end Date32, every Int32
-- reads: list_sizes
SELECT s.list_id AS list_id, s.date AS day, s.members AS members
FROM list_sizes AS s
JOIN (
    SELECT list_id, min(date) AS first_known, max(date) AS last_known
    FROM list_sizes
    WHERE date BETWEEN :start AND :end
    GROUP BY list_id
) AS k ON k.list_id = s.list_id
WHERE s.date BETWEEN :start AND :end
    AND ((CAST(:end AS DATE) - s.date) % :every = 0 OR s.date = k.first_known OR s.date = k.last_known)
ORDER BY list_id, day
