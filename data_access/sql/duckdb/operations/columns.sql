-- purpose: the columns of all tables, with their types; `computed`: the database fills it by itself
-- grain: one row a column, in the table's order
SELECT
    c.table_name, c.column_name, c.data_type, '' AS sorting_key,
    regexp_matches(t.sql, '[ (]"?' || c.column_name || '"? \w+(\([0-9, ]+\))? GENERATED ALWAYS') AS computed
FROM duckdb_columns() AS c
JOIN duckdb_tables() AS t ON t.table_oid = c.table_oid AND t.database_name = c.database_name
WHERE c.schema_name = 'main' AND NOT c.internal AND c.database_name = current_database()
ORDER BY c.table_name, c.column_index
