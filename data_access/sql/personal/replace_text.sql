-- purpose: takes a text out of a column wherever it stands
-- grain: one row a row that holds `erased_pattern`; `the_table`, `the_column`, `the_kind` and `the_rows` are put in by the
-- grain: caller, from the catalogue
UPDATE the_table SET
    the_column = CAST(regexp_replace(CAST(the_column AS VARCHAR), (SELECT pattern FROM erased_pattern), '[erased]', 'g') AS the_kind)
WHERE the_rows
