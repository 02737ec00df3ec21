-- purpose: whether all rows of a table were copied
-- grain: one row; `the_table` is put in by the caller, from the catalogue
SELECT (SELECT count(*) FROM main.the_table) AS copied, (SELECT count(*) FROM earlier.main.the_table) AS held
