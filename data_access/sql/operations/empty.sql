-- purpose: empties a table before a restore
-- grain: all its rows; `the_table` is put in by the caller, from the catalogue
DELETE FROM the_table
