-- What keeps the databases in order: the runs of retention, upkeep, backup and restore, and how far back events reach.

CREATE TABLE operation_runs (
    run_id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL CHECK (kind IN ('retention', 'maintain', 'backup', 'trial_restore', 'restore')),
    klaviyo_public_id VARCHAR,
    state VARCHAR NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    started_by VARCHAR,
    owner VARCHAR,
    details JSON,
    error VARCHAR,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at TIMESTAMPTZ
);

-- Events from before `horizon` were removed: what was made of them is frozen.
CREATE TABLE retention_horizons (
    klaviyo_public_id VARCHAR PRIMARY KEY,
    horizon TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
