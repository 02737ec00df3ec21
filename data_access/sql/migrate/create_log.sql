-- purpose: the record of applied migrations
-- grain: one row a store and step
CREATE TABLE IF NOT EXISTS schema_migrations (
    store VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    checksum VARCHAR NOT NULL,
    schema_version VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (store, version)
)
