-- purpose: the statements that took longest on average, slowest first
-- grain: one row a statement
SELECT
    left(regexp_replace(query, '\s+', ' ', 'g'), 200) AS statement, calls,
    mean_exec_time AS mean_ms, max_exec_time AS max_ms
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY mean_exec_time DESC
LIMIT 5
