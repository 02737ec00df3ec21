-- purpose: puts staged rows into a table whose rows stay, as the types of its columns; those that are there are left
-- grain: one row a row that is not there; `the_table`, `the_columns`, `the_values`, `the_key` and `the_kind` are put in by
-- grain: the caller, from the catalogue
INSERT INTO the_table (the_columns)
SELECT the_values FROM restored_rows
WHERE NOT EXISTS (SELECT 1 FROM the_table AS held WHERE held.the_key = CAST(restored_rows.the_key AS the_kind))
