-- purpose: the columns of staged rows with their types
-- grain: one row a column; `the_table` is put in by the caller
SELECT column_name, column_type FROM (DESCRIBE the_table)
