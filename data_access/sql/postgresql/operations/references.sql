-- purpose: which table must be filled before which: those that its foreign keys name
-- grain: one row a reference
SELECT t.relname AS table_name, r.relname AS needs
FROM pg_constraint AS c
JOIN pg_class AS t ON t.oid = c.conrelid
JOIN pg_class AS r ON r.oid = c.confrelid
JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE c.contype = 'f' AND n.nspname = current_schema() AND c.conrelid <> c.confrelid
