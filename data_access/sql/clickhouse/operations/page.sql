-- purpose: the rows of a table in a span of the shares of its key, which versions of a row have in common
-- grain: one row a row; `the_table`, `the_columns` and `the_key` are put in by the caller, from the catalogue
-- params: first Int64, after Int64
SELECT the_columns
FROM the_table
WHERE cityHash64(the_key) % 1024 >= :first AND cityHash64(the_key) % 1024 < :after
