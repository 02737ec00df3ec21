-- purpose: where the lines of an order file are kept while they are checked, in an engine of their own beside any store
-- grain: one row a line of the file, with what is wrong with it
-- Reading needs little: what is held more than once in memory is Arrow's as well as the engine's.
SET memory_limit = '160MB'
-- @next
CREATE TABLE read_lines (
    line BIGINT NOT NULL,
    order_id VARCHAR,
    customer_id VARCHAR,
    customer_email VARCHAR,
    order_timestamp TIMESTAMPTZ,
    order_value DECIMAL(18, 2),
    order_discount DECIMAL(18, 2),
    currency VARCHAR,
    order_status VARCHAR,
    channel VARCHAR,
    device_type VARCHAR,
    shipping_city VARCHAR,
    shipping_state VARCHAR,
    shipping_country VARCHAR,
    shipping_zip VARCHAR,
    discount_code VARCHAR,
    discount_type VARCHAR,
    customer_tags VARCHAR[],
    utm_source VARCHAR,
    utm_medium VARCHAR,
    utm_campaign VARCHAR,
    line_item_id VARCHAR,
    product_id VARCHAR,
    variant_id VARCHAR,
    product_name VARCHAR,
    product_brand VARCHAR,
    sku VARCHAR,
    collections VARCHAR[],
    product_type VARCHAR,
    quantity BIGINT,
    unit_price DECIMAL(18, 2),
    line_total DECIMAL(18, 2),
    discount_amount DECIMAL(18, 2),
    content UBIGINT,
    wrong_column VARCHAR,
    wrong VARCHAR
)
-- @next
-- Text as an amount whose decimal sign is `sign`; NULL where it is none. Signs between thousands are not read.
CREATE MACRO amount(told, sign) AS
    CASE
        WHEN contains(told, '_') THEN NULL
        WHEN sign = '.' THEN TRY_CAST(told AS DECIMAL(15, 2))
        WHEN NOT contains(told, '.') THEN TRY_CAST(replace(told, ',', '.') AS DECIMAL(15, 2))
    END
-- @next
CREATE MACRO not_an_amount(told, sign) AS '''' || left(told, 40) || ''' is not an amount'
    || CASE
        WHEN sign = '.' AND regexp_full_match(told, '[+-]?[0-9.]+,[0-9]+') THEN ': if the file has decimal commas, say --decimal ,'
        WHEN sign = ',' AND regexp_full_match(told, '[+-]?[0-9,]+\.[0-9]+') THEN ': the file was said to have decimal commas'
        WHEN regexp_full_match(told, '[+-]?[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]+)?') THEN ' that money can hold'
        ELSE ''
    END
