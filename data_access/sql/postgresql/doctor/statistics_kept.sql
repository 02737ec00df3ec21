-- purpose: whether the database keeps the times of its statements, and whether it could be told to (the extension pg_stat_statements)
-- grain: one row
SELECT to_regclass('pg_stat_statements') IS NOT NULL AS kept, true AS could_be
