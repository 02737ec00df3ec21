-- purpose: the tables of this database with their rows (versions not merged yet included) and their space
-- grain: one row a table
SELECT
    t.name AS table_name,
    toInt64(coalesce(t.total_rows, 0)) AS found,
    toInt64(coalesce(t.total_bytes, 0)) AS bytes,
    toInt64(0) AS index_bytes
FROM system.tables AS t
WHERE t.database = currentDatabase() AND t.engine LIKE '%MergeTree'
ORDER BY t.name
