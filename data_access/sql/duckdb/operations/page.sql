-- purpose: the rows of a table in a span of its row numbers
-- grain: one row a row; `the_table`, `the_columns` and `the_key` are put in by the caller, from the catalogue
-- params: first Int64, after Int64
SELECT the_columns FROM the_table WHERE rowid >= :first AND rowid < :after
