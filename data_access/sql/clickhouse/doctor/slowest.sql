-- purpose: the statements of the last seven days that took longest on average, slowest first
-- grain: one row a statement
SELECT
    substring(replaceRegexpAll(any(query), '\\s+', ' '), 1, 200) AS statement,
    toInt64(count()) AS calls,
    avg(query_duration_ms) AS mean_ms,
    toFloat64(max(query_duration_ms)) AS max_ms
FROM system.query_log
WHERE type = 'QueryFinish' AND event_time > now() - INTERVAL 7 DAY AND current_database = currentDatabase()
GROUP BY normalized_query_hash
ORDER BY mean_ms DESC
LIMIT 5
