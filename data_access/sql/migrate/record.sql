-- purpose: notes a step as applied, in the step's own transaction
-- grain: one row
-- params: store String, version Int32, name String, checksum String, schema_version String
INSERT INTO schema_migrations (store, version, name, checksum, schema_version)
VALUES (:store, :version, :name, :checksum, :schema_version)
