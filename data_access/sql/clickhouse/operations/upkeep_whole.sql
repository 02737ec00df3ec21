-- purpose: merges a table's parts into one a partition and drops replaced rows, and removed ones with their marks
-- grain: one table; `the_table` is put in by the caller, from the catalogue
OPTIMIZE TABLE the_table FINAL CLEANUP
