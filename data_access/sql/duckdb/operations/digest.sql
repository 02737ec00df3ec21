-- purpose: a number that rows have in common only where they are the same, whatever their order
-- grain: one row; `the_table` and `the_values` are put in by the caller
SELECT CAST(coalesce(sum(hash(the_values)), 0) AS VARCHAR) AS digest FROM the_table
