-- purpose: the greatest version that a table holds, of replaced and removed rows as well
-- grain: one row; `the_table` and `the_column` are put in by the caller, from the catalogue
SELECT max(the_column) AS upto FROM the_table SETTINGS final = 0
