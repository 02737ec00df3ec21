-- purpose: how many rows a table has, and into how many shares of its key they fall
-- grain: one row; `the_table` is put in by the caller, from the catalogue
SELECT toInt64(count()) AS found, toInt64(1024) AS units FROM the_table
