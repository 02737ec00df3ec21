-- purpose: how many rows a table has, and how many blocks the largest of the tables that hold them
-- grain: one row; `the_table` is put in by the caller, from the catalogue
WITH RECURSIVE holding AS (
    -- The table itself, its partitions, and a hypertable's chunks.
    SELECT CAST('the_table'::regclass AS oid) AS relid
    UNION ALL
    SELECT i.inhrelid FROM pg_inherits AS i JOIN holding AS h ON h.relid = i.inhparent
)
SELECT
    (SELECT count(*) FROM the_table) AS found,
    (SELECT max(pg_relation_size(relid)) FROM holding) / CAST(current_setting('block_size') AS BIGINT) + 1 AS units
