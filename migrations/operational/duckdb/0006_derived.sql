-- Tables that are derived from orders by the clock: what each one rests on, and which orders have changed since.

-- `seq`: the newest entry of derived_work that is in it. `dirty`: a run on two databases has not come to its end, or
-- what it rests on was made anew: it is computed anew. `details`: what a run found out, as JSON.
CREATE TABLE derived_states (
    klaviyo_public_id VARCHAR NOT NULL,
    derived VARCHAR NOT NULL,
    seq BIGINT NOT NULL,
    as_of DATE,
    edition INTEGER NOT NULL DEFAULT 0,
    dirty BOOLEAN NOT NULL DEFAULT false,
    details VARCHAR NOT NULL DEFAULT '{}',
    computed_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, derived)
);

-- kind 'order' (key: order id) or 'customer' (key: customer id). `known`: the order was in the warehouse before.
CREATE TABLE derived_work (
    klaviyo_public_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    day DATE NOT NULL,
    known BOOLEAN NOT NULL,
    seq BIGINT NOT NULL
);
