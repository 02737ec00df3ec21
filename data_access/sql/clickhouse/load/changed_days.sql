-- purpose: the days whose statistics this session has changed
-- grain: one row a day
SELECT DISTINCT toString(day) AS day FROM changed_days ORDER BY day
