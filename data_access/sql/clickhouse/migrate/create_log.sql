-- purpose: the record of applied migrations; of a cluster every node holds all of it
-- grain: one row a store and step
CREATE TABLE IF NOT EXISTS schema_migrations {on_cluster} (
    store String,
    version Int32,
    name String,
    checksum String,
    schema_version String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = {replacing_everywhere}(applied_at)
ORDER BY (store, version)
