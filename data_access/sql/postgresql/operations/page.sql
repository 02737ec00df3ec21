-- purpose: the rows of a table in a span of its blocks, of every partition
-- grain: one row a row; `the_table`, `the_columns` and `the_key` are put in by the caller, from the catalogue
-- params: first Int64, after Int64
SELECT the_columns
FROM the_table
WHERE ctid >= CAST('(' || CAST(:first AS BIGINT) || ',0)' AS tid) AND ctid < CAST('(' || CAST(:after AS BIGINT) || ',0)' AS tid)
