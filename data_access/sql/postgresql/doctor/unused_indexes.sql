-- purpose: indexes that no query has used since the server's counters began, largest first; those that keep a key are left out
-- grain: one row an index
SELECT
    s.indexrelname::text AS index_name, s.relname::text AS table_name, pg_relation_size(s.indexrelid) AS bytes
FROM pg_stat_user_indexes AS s
JOIN pg_index AS i ON i.indexrelid = s.indexrelid
WHERE s.schemaname = current_schema() AND s.idx_scan = 0 AND NOT i.indisunique
ORDER BY bytes DESC, index_name
