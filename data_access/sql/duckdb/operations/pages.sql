-- purpose: how many rows a table has, and into how many units its rows are numbered
-- grain: one row; `the_table` is put in by the caller, from the catalogue
SELECT count(*) AS found, coalesce(max(rowid), -1) + 1 AS units FROM the_table
