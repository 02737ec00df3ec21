-- purpose: how many rows a table has, and how many blocks the largest of its partitions
-- grain: one row; `the_table` is put in by the caller, from the catalogue
SELECT
    (SELECT count(*) FROM the_table) AS found,
    (
        SELECT coalesce(max(pg_relation_size(relid)), 0) / current_setting('block_size')::BIGINT + 1
        FROM pg_partition_tree('the_table'::regclass)
        WHERE isleaf
    ) AS units
