-- purpose: how many of the staged rows a table does not have, by its key
-- grain: one row; `the_table`, `the_key` and `the_kind` are put in by the caller, from the catalogue
SELECT count(*) AS missing FROM restored_rows
WHERE NOT EXISTS (SELECT 1 FROM the_table AS held WHERE held.the_key = CAST(restored_rows.the_key AS the_kind))
