-- purpose: writes a table anew, without the rows that were removed or changed
-- grain: one table with its partitions; `the_table` is put in by the caller, from the catalogue
VACUUM (FULL, ANALYZE) the_table
