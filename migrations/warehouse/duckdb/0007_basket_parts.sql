-- What the page Basket is asked for besides pairs of products in all orders, kept so that nobody waits for a count.

-- key: klaviyo_public_id, part, item_a, item_b. part: 'categories', or 'segment ' and an RFM segment (pairs of products in
-- its customers' orders). baskets_a, baskets_b, baskets: those of the part that hold the one, the other and both.
CREATE TABLE basket_relationships (
    klaviyo_public_id VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    item_a VARCHAR NOT NULL,
    item_b VARCHAR NOT NULL,
    baskets_a BIGINT NOT NULL,
    baskets_b BIGINT NOT NULL,
    baskets BIGINT NOT NULL,
    first_date DATE,
    last_date DATE,
    kind VARCHAR NOT NULL,
    support DOUBLE NOT NULL,
    lift DOUBLE,
    lift_low DOUBLE,
    lift_high DOUBLE,
    false_discovery_rate DOUBLE
);

-- key: klaviyo_public_id, items. Sets of three products and more in all orders; place: the most frequent is 0.
CREATE TABLE basket_bundles (
    klaviyo_public_id VARCHAR NOT NULL,
    items VARCHAR[] NOT NULL,
    place BIGINT NOT NULL,
    baskets BIGINT NOT NULL,
    lift DOUBLE NOT NULL
);
