-- Which files the orders of an account without Klaviyo came from, and up to when they are known.

CREATE TABLE order_loads (
    klaviyo_public_id VARCHAR NOT NULL,
    job_id VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    checksum VARCHAR NOT NULL,
    orders BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    reject_file VARCHAR,
    first_order TIMESTAMPTZ NOT NULL,
    last_order TIMESTAMPTZ NOT NULL,
    covers_until TIMESTAMPTZ NOT NULL,
    loaded_by VARCHAR NOT NULL,
    loaded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (klaviyo_public_id, job_id)
);
