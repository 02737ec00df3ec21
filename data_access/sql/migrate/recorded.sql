-- purpose: the steps applied to a store
-- grain: one row a step
-- params: store String
SELECT version, checksum FROM schema_migrations WHERE store = :store ORDER BY version
