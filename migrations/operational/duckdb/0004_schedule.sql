-- What is done by the clock: when each piece of work was last due, who works on it, how it ended.

-- One row a piece of work and account ('' for the whole installation). `slot`: the newest due moment that was served.
-- `version` grows with each change: of two schedulers that saw the same row only one can claim it.
CREATE TABLE scheduled_work (
    klaviyo_public_id VARCHAR NOT NULL DEFAULT '',
    work VARCHAR NOT NULL,
    slot TIMESTAMPTZ NOT NULL,
    state VARCHAR NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    version BIGINT NOT NULL DEFAULT 0,
    lease_owner VARCHAR,
    lease_until TIMESTAMPTZ,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    succeeded_at TIMESTAMPTZ,
    failures INTEGER NOT NULL DEFAULT 0,
    retry_at TIMESTAMPTZ,
    message VARCHAR,
    result JSON,
    PRIMARY KEY (klaviyo_public_id, work)
);
