-- purpose: whether the database answers, and what time it is there
-- grain: one row
SELECT now() AS now
