-- purpose: whether the database answers, and what time it is there
-- grain: one row
SELECT now64(6, 'UTC') AS now
