-- Whether customers still buy and what they are expected to bring, and what the cohorts of first orders have done.

-- p_alive, 0–1; expected_… within the horizon of the fit, NULL where no model could be fitted. Days count, not orders:
-- repeat_orders are days with an order after the first such day, repeat_value is the gross value of those that have one.
-- key: klaviyo_public_id, customer_id
CREATE TABLE customer_values (
    klaviyo_public_id VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    cohort DATE NOT NULL,
    first_order_date DATE NOT NULL,
    last_order_date DATE NOT NULL,
    repeat_orders UINTEGER NOT NULL,
    valued_repeat_orders UINTEGER NOT NULL,
    repeat_value DECIMAL(18, 2) NOT NULL,
    p_alive DOUBLE NOT NULL,
    expected_orders DOUBLE,
    expected_order_value DECIMAL(18, 2),
    expected_value DECIMAL(18, 2),
    updated_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, cohort, age_months
CREATE TABLE cohort_months (
    klaviyo_public_id VARCHAR NOT NULL,
    cohort DATE NOT NULL,
    age_months USMALLINT NOT NULL,
    customers UINTEGER NOT NULL,
    orders UINTEGER NOT NULL,
    gross_revenue DECIMAL(18, 2) NOT NULL,
    net_revenue DECIMAL(18, 2) NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
