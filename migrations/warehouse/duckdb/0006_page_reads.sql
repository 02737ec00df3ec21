-- What pages ask of all orders, kept by customer and by product, so that no page reads the orders themselves.

-- key: klaviyo_public_id, customer_id. Orders that count, by day and then value; cents: net of what was deducted, in the
-- account's currency.
CREATE TABLE customer_histories (
    klaviyo_public_id VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    orders STRUCT(day DATE, cents BIGINT)[] NOT NULL
);

-- key: klaviyo_public_id, product_id. weekly_sales: of the weeks back from the as-of date, the oldest first.
CREATE TABLE product_trends (
    klaviyo_public_id VARCHAR NOT NULL,
    product_id VARCHAR NOT NULL,
    weekly_sales DECIMAL(18, 2)[] NOT NULL,
    sales_90d DECIMAL(18, 2) NOT NULL
);
