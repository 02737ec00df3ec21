-- purpose: the files that hold a table and its partitions: other ones once it was written anew
-- grain: one row
-- params: table String
SELECT string_agg(CAST(pg_relation_filenode(relid) AS TEXT), ',' ORDER BY CAST(relid AS TEXT)) AS files
FROM (
    SELECT CAST(CAST(:table AS TEXT) AS regclass) AS relid
    UNION
    SELECT relid FROM pg_partition_tree(CAST(CAST(:table AS TEXT) AS regclass))
) AS held
