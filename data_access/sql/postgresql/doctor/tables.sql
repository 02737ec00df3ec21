-- purpose: the tables of this database with their rows (as last counted) and their space; partitions count as their whole
-- grain: one row a table
SELECT
    coalesce(whole.relname, part.relname)::text AS table_name,
    sum(greatest(part.reltuples, 0))::bigint AS found,
    sum(pg_table_size(part.oid))::bigint AS bytes,
    sum(pg_indexes_size(part.oid))::bigint AS index_bytes
FROM pg_class AS part
LEFT JOIN pg_inherits AS i ON i.inhrelid = part.oid
LEFT JOIN pg_class AS whole ON whole.oid = i.inhparent
WHERE coalesce(whole.relnamespace, part.relnamespace) = current_schema()::regnamespace AND part.relkind IN ('r', 'm')
GROUP BY 1
ORDER BY 1
