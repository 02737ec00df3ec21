-- purpose: the size of every list by day
-- grain: one row a list and day
-- params: start Date32, end Date32
-- reads: list_sizes, klaviyo_lists
SELECT s.list_id AS list_id, coalesce(l.name, '') AS name, s.date AS day, s.members AS members
FROM list_sizes AS s
LEFT JOIN klaviyo_lists AS l ON l.list_id = s.list_id
WHERE s.date BETWEEN :start AND :end
ORDER BY list_id, day
