-- Who was left out of a campaign on purpose, and what they and those whom it reached bought.

CREATE TABLE holdouts (
    klaviyo_public_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    source_name VARCHAR NOT NULL,
    snapshot_date DATE,
    days INTEGER NOT NULL,
    listed BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    repeated BIGINT NOT NULL,
    sent_on DATE,
    history_from DATE,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    measured_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, campaign_id)
);

-- A profile can stand on both sides: who was to be left out and got the campaign all the same.
CREATE TABLE holdout_people (
    klaviyo_public_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    side VARCHAR NOT NULL,
    profile_id VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL
);

-- What each side bought: sums from which means, variances and their adjustment follow.
CREATE TABLE holdout_arms (
    klaviyo_public_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    arm VARCHAR NOT NULL,
    people BIGINT NOT NULL,
    buyers BIGINT NOT NULL,
    buyers_before BIGINT NOT NULL,
    orders BIGINT NOT NULL,
    orders_before BIGINT NOT NULL,
    orders_squares BIGINT NOT NULL,
    orders_before_squares BIGINT NOT NULL,
    orders_products BIGINT NOT NULL,
    revenue DECIMAL(18, 2) NOT NULL,
    revenue_before DECIMAL(18, 2) NOT NULL,
    revenue_squares DECIMAL(38, 4) NOT NULL,
    revenue_before_squares DECIMAL(38, 4) NOT NULL,
    revenue_products DECIMAL(38, 4) NOT NULL,
    unpriced BIGINT NOT NULL
);

-- Who of each side got which other campaign in the days that count.
CREATE TABLE holdout_contacts (
    klaviyo_public_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    other_campaign_id VARCHAR NOT NULL,
    arm VARCHAR NOT NULL,
    people BIGINT NOT NULL
);
