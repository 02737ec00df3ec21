-- purpose: the rows of a table in which a text stands
-- grain: one row a row; `the_table`, `the_columns` and `the_rows` are put in by the caller, from the catalogue
SELECT the_columns FROM the_table WHERE the_rows
