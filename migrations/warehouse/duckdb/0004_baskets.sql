-- Baskets, and what is counted of them: the state from which products bought together are derived.

-- key: klaviyo_public_id, product_id. `code` numbers the account's products; product_name and category are those of the
-- latest line, whose order and time are named_by and named_at.
CREATE TABLE basket_products (
    klaviyo_public_id VARCHAR NOT NULL,
    product_id VARCHAR NOT NULL,
    code INTEGER NOT NULL,
    product_name VARCHAR,
    category VARCHAR NOT NULL DEFAULT '',
    named_at TIMESTAMPTZ,
    named_by VARCHAR,
    baskets BIGINT NOT NULL,
    baskets_with_others BIGINT NOT NULL
);

-- key: klaviyo_public_id, order_id. The distinct products of an order that counts, by their codes, ascending.
CREATE TABLE order_baskets (
    klaviyo_public_id VARCHAR NOT NULL,
    order_id VARCHAR NOT NULL,
    order_date DATE NOT NULL,
    products INTEGER[] NOT NULL
);

-- key: klaviyo_public_id, code_a, code_b (a < b). Days of the first and the last basket with both.
CREATE TABLE product_pair_counts (
    klaviyo_public_id VARCHAR NOT NULL,
    code_a INTEGER NOT NULL,
    code_b INTEGER NOT NULL,
    baskets BIGINT NOT NULL,
    first_date DATE NOT NULL,
    last_date DATE NOT NULL
);

-- How sure a relationship is: ends of the lift's 95 % interval, the false discovery rate at which it would just be
-- accepted, and how alike the company of both products is (possible substitutes only).
ALTER TABLE product_relationships_optimized ADD COLUMN lift_low DOUBLE;
ALTER TABLE product_relationships_optimized ADD COLUMN lift_high DOUBLE;
ALTER TABLE product_relationships_optimized ADD COLUMN false_discovery_rate DOUBLE;
ALTER TABLE product_relationships_optimized ADD COLUMN similarity DOUBLE;
