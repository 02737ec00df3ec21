-- purpose: whether the database has a record of migrations at all
-- grain: one row if it has, none otherwise
SELECT name AS table_name FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrations'
