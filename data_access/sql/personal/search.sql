-- purpose: in how many rows of a table each column holds a text
-- grain: one row; `the_table`, `the_counts` and `the_rows` are put in by the caller, from the catalogue
SELECT the_counts FROM the_table WHERE the_rows
