-- purpose: the statements that took longest on average; the embedded database keeps none
-- grain: no row
SELECT '' AS statement, 0 AS calls, 0.0 AS mean_ms, 0.0 AS max_ms WHERE false
