-- purpose: parts on the disk that nobody reads any more
-- grain: one row a table that has some
SELECT replaceRegexpOne(table, '_local$', '') AS table_name, toInt64(count()) AS parts
FROM system.parts
WHERE database = currentDatabase() AND NOT active
GROUP BY table_name
