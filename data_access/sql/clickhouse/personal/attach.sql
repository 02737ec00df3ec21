-- purpose: opens a table that was closed
-- grain: one table; `the_table` is put in by the caller, from the catalogue
ATTACH TABLE the_table
