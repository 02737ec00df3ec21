-- purpose: whether the database has a record of migrations at all
-- grain: one row if it has, none otherwise
SELECT table_name FROM information_schema.tables WHERE table_name = 'schema_migrations'
