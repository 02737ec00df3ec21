-- What a customer's orders come to, whatever the as-of date; customer_profiles is derived from it in one pass.
-- key: klaviyo_public_id, customer_id
CREATE TABLE customer_states (
    klaviyo_public_id VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    customer_email VARCHAR NOT NULL,
    total_orders UINTEGER NOT NULL,
    total_revenue DECIMAL(18, 2) NOT NULL,
    total_refunds DECIMAL(18, 2) NOT NULL,
    first_order_date DATE NOT NULL,
    last_order_date DATE NOT NULL,
    order_days UINTEGER NOT NULL,
    discounted_orders UINTEGER NOT NULL,
    priced_discounts UINTEGER NOT NULL,
    discount_total DECIMAL(18, 2) NOT NULL,
    weekend_orders UINTEGER NOT NULL,
    preferred_order_hour UTINYINT NOT NULL,
    favorite_category VARCHAR,
    favorite_brand VARCHAR,
    categories_purchased VARCHAR[],
    brands_purchased VARCHAR[],
    unique_products_purchased UINTEGER NOT NULL
);
