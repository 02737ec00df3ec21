-- purpose: copies a table's rows from the earlier database file
-- grain: one row a row; `the_table` and `the_columns` are put in by the caller, from the catalogue
INSERT INTO main.the_table (the_columns) SELECT the_columns FROM earlier.main.the_table
