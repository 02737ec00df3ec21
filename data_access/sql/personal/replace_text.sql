-- purpose: takes a text out of a column wherever it stands; twice, because what is found holds the sign behind it, which
-- purpose: may be the one before the next
-- grain: one row a row that holds `erased_pattern`; `the_table`, `the_column`, `the_kind` and `the_rows` are put in by the
-- grain: caller, from the catalogue
UPDATE the_table SET
    the_column = CAST(
        regexp_replace(
            regexp_replace(
                CAST(the_column AS VARCHAR),
                (SELECT pattern FROM erased_pattern), (SELECT instead FROM erased_pattern), 'g'
            ),
            (SELECT pattern FROM erased_pattern), (SELECT instead FROM erased_pattern), 'g'
        ) AS the_kind
    )
WHERE the_rows
