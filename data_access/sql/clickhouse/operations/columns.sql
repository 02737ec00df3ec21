-- purpose: the columns of all tables, with their types; `computed`: the database fills it by itself
-- grain: one row a column, in the table's order; on a cluster with the sorting key of the table behind a distributed one
SELECT
    c.table AS table_name, c.name AS column_name, c.type AS data_type,
    if(t.sorting_key = '', (
        SELECT any(l.sorting_key) FROM system.tables AS l
        WHERE l.database = currentDatabase() AND l.name = concat(c.table, '_local')
    ), t.sorting_key) AS sorting_key,
    c.default_kind IN ('MATERIALIZED', 'ALIAS') OR c.name = 'is_deleted' AS computed
FROM system.columns AS c
JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
WHERE c.database = currentDatabase() AND NOT t.is_temporary
ORDER BY c.table, c.position
