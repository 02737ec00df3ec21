-- purpose: the tables of this database with their rows; their space is asked table by table
-- grain: one row a table
SELECT table_name, estimated_size AS found, CAST(NULL AS BIGINT) AS bytes, CAST(NULL AS BIGINT) AS index_bytes
FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal AND NOT temporary
ORDER BY table_name
