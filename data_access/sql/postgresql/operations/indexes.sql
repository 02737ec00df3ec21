-- purpose: indexes that a broken-off step left unusable, and those that have grown far beyond what their rows need
-- grain: one row an index; `valid` false: it serves no query
SELECT
    c.relname AS name, i.indisvalid AS valid, pg_relation_size(c.oid) AS bytes, t.relname AS table_name
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind = 'i'
    AND (
        NOT i.indisvalid
        OR (
            pg_relation_size(c.oid) > 16 * 1024 * 1024
            AND pg_relation_size(c.oid) > 200 * greatest(t.reltuples, 1) * i.indnatts
        )
    )
ORDER BY c.relname
