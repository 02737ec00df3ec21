-- purpose: lines of a block that are not loaded, with the column and the reason
-- grain: one row a line and reason, by line; `is_cause`: false for those that only share their order with another
-- params: first Int64, last Int64
SELECT line, column_name, reason, is_cause
FROM refused_lines
WHERE line BETWEEN :first AND :last
ORDER BY line, column_name
