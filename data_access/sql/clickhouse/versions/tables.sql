-- purpose: the tables whose rows have versions, with the column that holds them; a cluster's by the name of all shards
-- grain: one row a table
SELECT
    replaceRegexpOne(name, '_local$', '') AS table_name,
    extract(engine_full, '(\\w+), is_deleted\\)') AS version_column
FROM system.tables
WHERE database = currentDatabase() AND engine LIKE '%ReplacingMergeTree' AND engine_full LIKE '%, is_deleted)%'
ORDER BY name
