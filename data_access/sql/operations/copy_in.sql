-- purpose: puts staged rows into a table, as the types of its columns
-- grain: one row a row; `the_table`, `the_columns` and `the_values` are put in by the caller, from the catalogue
INSERT INTO the_table (the_columns) SELECT the_values FROM restored_rows
