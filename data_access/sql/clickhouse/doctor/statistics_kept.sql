-- purpose: whether the database keeps the times of its statements, and whether it could be told to (its table query_log)
-- grain: one row
SELECT count() > 0 AS kept, false AS could_be FROM system.tables WHERE database = 'system' AND name = 'query_log'
