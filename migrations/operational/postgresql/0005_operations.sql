-- What keeps the databases in order: the runs of retention, upkeep, backup and restore, and how far back events reach.

CREATE TABLE operation_runs (
    run_id VARCHAR COLLATE "C" PRIMARY KEY,
    kind VARCHAR COLLATE "C" NOT NULL CHECK (kind IN ('retention', 'maintain', 'backup', 'trial_restore', 'restore')),
    klaviyo_public_id VARCHAR COLLATE "C",
    state VARCHAR COLLATE "C" NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    started_by VARCHAR COLLATE "C",
    owner VARCHAR COLLATE "C",
    details JSONB,
    error VARCHAR COLLATE "C",
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at TIMESTAMPTZ
);

-- Events from before `horizon` were removed: what was made of them is frozen.
CREATE TABLE retention_horizons (
    klaviyo_public_id VARCHAR COLLATE "C" PRIMARY KEY,
    horizon TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- What is done by the clock: when each piece of work was last due, who works on it, how it ended.

-- One row a piece of work and account ('' for the whole installation). `slot`: the newest due moment that was served.
-- `version` grows with each change: of two schedulers that saw the same row only one can claim it.
CREATE TABLE scheduled_work (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL DEFAULT '',
    work VARCHAR COLLATE "C" NOT NULL,
    slot TIMESTAMPTZ NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    version BIGINT NOT NULL DEFAULT 0,
    lease_owner VARCHAR COLLATE "C",
    lease_until TIMESTAMPTZ,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    succeeded_at TIMESTAMPTZ,
    failures INTEGER NOT NULL DEFAULT 0,
    retry_at TIMESTAMPTZ,
    message VARCHAR COLLATE "C",
    result JSONB,
    PRIMARY KEY (klaviyo_public_id, work)
);
