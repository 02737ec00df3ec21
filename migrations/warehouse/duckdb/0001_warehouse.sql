-- The warehouse: orders, Klaviyo's statistics, and the roll-ups made of them.
-- DuckDB: no unique index on what is rebuilt in sets; the key named above each table is kept by its writer, which
-- replaces rows by that key within one transaction.

-- key: klaviyo_public_id, campaign_id, date
CREATE TABLE campaign_statistics (
    klaviyo_public_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    campaign_name VARCHAR,
    send_channel VARCHAR,
    date DATE NOT NULL,
    recipients DOUBLE,
    delivered DOUBLE,
    bounced DOUBLE,
    failed DOUBLE,
    opens DOUBLE,
    opens_unique DOUBLE,
    clicks DOUBLE,
    clicks_unique DOUBLE,
    conversions DOUBLE,
    conversion_uniques DOUBLE,
    conversion_value DECIMAL(18, 2),
    unsubscribes DOUBLE,
    unsubscribe_uniques DOUBLE,
    spam_complaints DOUBLE,
    text_message_spend DECIMAL(18, 4),
    text_message_credit_usage_amount DOUBLE,
    open_rate_pct DOUBLE,
    click_rate_pct DOUBLE,
    conversion_rate_pct DOUBLE,
    unsubscribe_rate_pct DOUBLE,
    bounce_rate_pct DOUBLE,
    delivery_rate_pct DOUBLE,
    updated_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, campaign_id, campaign_message_id, variation_id, date
CREATE TABLE campaign_message_statistics (
    klaviyo_public_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    campaign_message_id VARCHAR NOT NULL,
    variation_id VARCHAR NOT NULL,
    variation_name VARCHAR,
    campaign_name VARCHAR,
    message_name VARCHAR,
    send_channel VARCHAR,
    date DATE NOT NULL,
    recipients DOUBLE,
    delivered DOUBLE,
    bounced DOUBLE,
    failed DOUBLE,
    opens DOUBLE,
    opens_unique DOUBLE,
    clicks DOUBLE,
    clicks_unique DOUBLE,
    conversions DOUBLE,
    conversion_uniques DOUBLE,
    conversion_value DECIMAL(18, 2),
    unsubscribes DOUBLE,
    unsubscribe_uniques DOUBLE,
    spam_complaints DOUBLE,
    text_message_spend DECIMAL(18, 4),
    text_message_credit_usage_amount DOUBLE,
    updated_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, flow_id, flow_message_id, date
CREATE TABLE flow_statistics (
    klaviyo_public_id VARCHAR NOT NULL,
    flow_id VARCHAR NOT NULL,
    flow_name VARCHAR,
    flow_message_id VARCHAR NOT NULL,
    flow_message_name VARCHAR,
    send_channel VARCHAR,
    date DATE NOT NULL,
    recipients DOUBLE,
    delivered DOUBLE,
    bounced DOUBLE,
    failed DOUBLE,
    opens DOUBLE,
    opens_unique DOUBLE,
    clicks DOUBLE,
    clicks_unique DOUBLE,
    conversions DOUBLE,
    conversion_uniques DOUBLE,
    conversion_value DECIMAL(18, 2),
    unsubscribes DOUBLE,
    unsubscribe_uniques DOUBLE,
    spam_complaints DOUBLE,
    text_message_spend DECIMAL(18, 4),
    text_message_credit_usage_amount DOUBLE,
    open_rate_pct DOUBLE,
    click_rate_pct DOUBLE,
    conversion_rate_pct DOUBLE,
    unsubscribe_rate_pct DOUBLE,
    bounce_rate_pct DOUBLE,
    delivery_rate_pct DOUBLE,
    updated_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, form_id, date
CREATE TABLE form_statistics (
    klaviyo_public_id VARCHAR NOT NULL,
    form_id VARCHAR NOT NULL,
    form_name VARCHAR,
    date DATE NOT NULL,
    viewed_form DOUBLE,
    viewed_form_uniques DOUBLE,
    submits DOUBLE,
    submits_unique DOUBLE,
    qualified_form DOUBLE,
    qualified_form_uniques DOUBLE,
    updated_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, form_id, form_version_id, date
CREATE TABLE form_version_statistics (
    klaviyo_public_id VARCHAR NOT NULL,
    form_id VARCHAR NOT NULL,
    form_version_id VARCHAR NOT NULL,
    form_name VARCHAR,
    date DATE NOT NULL,
    viewed_form DOUBLE,
    viewed_form_uniques DOUBLE,
    viewed_form_step DOUBLE,
    viewed_form_step_uniques DOUBLE,
    submitted_form_step DOUBLE,
    submitted_form_step_uniques DOUBLE,
    submits DOUBLE,
    qualified_form DOUBLE,
    qualified_form_uniques DOUBLE,
    closed_form DOUBLE,
    closed_form_uniques DOUBLE,
    updated_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, segment_id, date
CREATE TABLE segment_statistics (
    klaviyo_public_id VARCHAR NOT NULL,
    segment_id VARCHAR NOT NULL,
    segment_name VARCHAR,
    date DATE NOT NULL,
    total_members BIGINT,
    new_members BIGINT,
    removed_members BIGINT,
    daily_change BIGINT,
    updated_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, segment_id, snapshot_date, profile_id
CREATE TABLE segment_memberships (
    klaviyo_public_id VARCHAR NOT NULL,
    segment_id VARCHAR NOT NULL,
    snapshot_date DATE NOT NULL,
    profile_id VARCHAR NOT NULL,
    joined_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, order_id
-- order_value in the order's own currency; order_value_account in the account's, NULL where no rate is known.
-- discount_amount_account likewise.
CREATE TABLE klaviyo_orders (
    klaviyo_public_id VARCHAR NOT NULL,
    order_id VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    customer_email VARCHAR,
    order_value DECIMAL(18, 2) NOT NULL,
    currency VARCHAR NOT NULL,
    order_value_account DECIMAL(18, 2),
    order_status VARCHAR NOT NULL DEFAULT 'placed',
    order_date DATE NOT NULL,
    order_timestamp TIMESTAMPTZ NOT NULL,
    item_count BIGINT,
    product_count BIGINT,
    is_first_order UTINYINT,
    order_count_for_customer UINTEGER,
    days_since_last_order INTEGER,
    channel VARCHAR NOT NULL DEFAULT 'web',
    device_type VARCHAR NOT NULL DEFAULT '',
    shipping_city VARCHAR NOT NULL DEFAULT '',
    shipping_state VARCHAR NOT NULL DEFAULT '',
    shipping_country VARCHAR NOT NULL DEFAULT '',
    shipping_zip VARCHAR NOT NULL DEFAULT '',
    discount_amount DECIMAL(18, 2) NOT NULL DEFAULT 0,
    discount_amount_account DECIMAL(18, 2),
    discount_code VARCHAR NOT NULL DEFAULT '',
    discount_type VARCHAR NOT NULL DEFAULT '',
    customer_tags VARCHAR[],
    customer_total_spent DECIMAL(18, 2),
    customer_order_count UINTEGER,
    utm_source VARCHAR NOT NULL DEFAULT '',
    utm_medium VARCHAR NOT NULL DEFAULT '',
    utm_campaign VARCHAR NOT NULL DEFAULT '',
    synced_at TIMESTAMPTZ NOT NULL,
    inserted_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- key: klaviyo_public_id, order_id, line_item_id
-- Money in the order's own currency; line_total_account in the account's, NULL where no rate is known.
CREATE TABLE klaviyo_order_line_items (
    klaviyo_public_id VARCHAR NOT NULL,
    order_id VARCHAR NOT NULL,
    line_item_id VARCHAR NOT NULL,
    product_id VARCHAR NOT NULL,
    variant_id VARCHAR NOT NULL DEFAULT '',
    product_name VARCHAR,
    product_brand VARCHAR NOT NULL DEFAULT '',
    sku VARCHAR NOT NULL DEFAULT '',
    collections VARCHAR[],
    product_type VARCHAR NOT NULL DEFAULT '',
    quantity BIGINT NOT NULL,
    unit_price DECIMAL(18, 2) NOT NULL,
    line_total DECIMAL(18, 2) NOT NULL,
    line_total_account DECIMAL(18, 2),
    discount_amount DECIMAL(18, 2) NOT NULL DEFAULT 0,
    discount_per_item DECIMAL(18, 2) NOT NULL DEFAULT 0,
    order_date DATE NOT NULL,
    synced_at TIMESTAMPTZ NOT NULL,
    inserted_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- key: klaviyo_public_id, event_id, customer_id
-- amount_source: where refund_amount comes from: 'event', 'lines' (the named lines' total), 'order' (the order's value),
-- '' (not known before the order is; the amount is NULL then). The *_affected lists are parallel.
CREATE TABLE refund_cancelled_orders (
    klaviyo_public_id VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    event_timestamp TIMESTAMPTZ NOT NULL,
    event_type VARCHAR NOT NULL,
    original_order_id VARCHAR NOT NULL,
    original_order_timestamp TIMESTAMPTZ,
    customer_id VARCHAR NOT NULL,
    customer_email VARCHAR,
    refund_amount DECIMAL(18, 2),
    amount_source VARCHAR NOT NULL DEFAULT 'event',
    refund_reason VARCHAR NOT NULL DEFAULT '',
    refund_currency VARCHAR NOT NULL,
    line_items_affected VARCHAR[],
    products_affected VARCHAR[],
    quantities_refunded UINTEGER[],
    skus_affected VARCHAR[],
    line_totals_affected DECIMAL(18, 2)[],
    metric_id VARCHAR,
    metric_name VARCHAR,
    profile_id VARCHAR,
    event_properties VARCHAR,
    profile_properties VARCHAR,
    store_public_ids VARCHAR[],
    synced_at TIMESTAMPTZ NOT NULL,
    inserted_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- key: klaviyo_public_id, event_id
-- What each refund or cancellation really deducts, in the account's currency: capped at what is left of the order.
CREATE TABLE order_deductions (
    klaviyo_public_id VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    order_id VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    event_type VARCHAR NOT NULL,
    event_timestamp TIMESTAMPTZ NOT NULL,
    deduction_date DATE NOT NULL,
    order_date DATE NOT NULL,
    amount DECIMAL(18, 2) NOT NULL
);

-- key: klaviyo_public_id, order_id. At most one winner an order; an order without one has no row.
CREATE TABLE order_attribution (
    klaviyo_public_id VARCHAR NOT NULL,
    order_id VARCHAR NOT NULL,
    order_date DATE NOT NULL,
    channel VARCHAR NOT NULL,
    source_type VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL DEFAULT '',
    flow_id VARCHAR NOT NULL DEFAULT '',
    message_id VARCHAR NOT NULL DEFAULT '',
    variation_id VARCHAR NOT NULL DEFAULT '',
    attributed_event_id VARCHAR,
    touched_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL
);

-- Events of a projection that could not become a row, with the place and the reason. key: klaviyo_public_id, event_id
CREATE TABLE projection_rejects (
    klaviyo_public_id VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    metric_name VARCHAR,
    event_timestamp TIMESTAMPTZ,
    reason VARCHAR NOT NULL
);

-- key: klaviyo_public_id, customer_email
CREATE TABLE customer_profiles (
    klaviyo_public_id VARCHAR NOT NULL,
    customer_email VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    total_orders UINTEGER,
    total_revenue DECIMAL(18, 2),
    total_refunds DECIMAL(18, 2),
    net_revenue DECIMAL(18, 2),
    avg_order_value DECIMAL(18, 2),
    first_order_date DATE,
    last_order_date DATE,
    days_since_last_order UINTEGER,
    avg_days_between_orders FLOAT,
    recency_score UTINYINT,
    frequency_score UTINYINT,
    monetary_score UTINYINT,
    rfm_score VARCHAR,
    rfm_segment VARCHAR,
    favorite_category VARCHAR,
    favorite_brand VARCHAR,
    categories_purchased VARCHAR[],
    brands_purchased VARCHAR[],
    unique_products_purchased UINTEGER,
    discount_usage_rate FLOAT,
    avg_discount_amount DECIMAL(18, 2),
    weekend_buyer UTINYINT,
    preferred_order_hour UTINYINT,
    churn_risk_score FLOAT,
    customer_age_days UINTEGER,
    last_updated TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, product_id
CREATE TABLE products_master (
    klaviyo_public_id VARCHAR NOT NULL,
    product_id VARCHAR NOT NULL,
    product_name VARCHAR,
    sku VARCHAR,
    brand VARCHAR,
    category VARCHAR,
    collections VARCHAR[],
    tags VARCHAR[],
    avg_price DECIMAL(18, 2),
    min_price DECIMAL(18, 2),
    max_price DECIMAL(18, 2),
    revenue_30d DECIMAL(18, 2),
    revenue_60d DECIMAL(18, 2),
    revenue_90d DECIMAL(18, 2),
    quantity_sold_30d BIGINT,
    quantity_sold_60d BIGINT,
    quantity_sold_90d BIGINT,
    unique_customers_30d UINTEGER,
    unique_customers_60d UINTEGER,
    unique_customers_90d UINTEGER,
    conversion_rate FLOAT,
    repurchase_rate FLOAT,
    avg_units_per_order FLOAT,
    revenue_per_customer DECIMAL(18, 2),
    first_sold_date DATE,
    last_sold_date DATE,
    days_on_market UINTEGER,
    velocity_score FLOAT,
    revenue_rank UINTEGER,
    quantity_rank UINTEGER,
    discount_rate FLOAT,
    avg_discount_amount DECIMAL(18, 2),
    last_updated TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, product_a, product_b
CREATE TABLE product_relationships_optimized (
    klaviyo_public_id VARCHAR NOT NULL,
    product_a VARCHAR NOT NULL,
    product_b VARCHAR NOT NULL,
    product_a_name VARCHAR,
    product_b_name VARCHAR,
    co_purchase_count UINTEGER,
    confidence FLOAT,
    lift FLOAT,
    support FLOAT,
    first_co_purchase DATE,
    last_co_purchase DATE,
    relationship_type VARCHAR NOT NULL DEFAULT '',
    calculated_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, date, send_channel
CREATE TABLE campaign_daily_aggregates (
    klaviyo_public_id VARCHAR NOT NULL,
    date DATE NOT NULL,
    send_channel VARCHAR NOT NULL,
    total_campaigns UINTEGER,
    campaigns_sent VARCHAR[],
    total_recipients UBIGINT,
    total_delivered UBIGINT,
    total_opens UBIGINT,
    total_clicks UBIGINT,
    total_conversions UBIGINT,
    total_revenue DECIMAL(18, 2),
    avg_revenue_per_campaign DECIMAL(18, 2),
    avg_revenue_per_recipient DECIMAL(18, 2),
    avg_open_rate FLOAT,
    avg_click_rate FLOAT,
    avg_conversion_rate FLOAT,
    best_campaign_id VARCHAR,
    best_campaign_name VARCHAR,
    best_campaign_revenue DECIMAL(18, 2),
    worst_campaign_id VARCHAR,
    worst_campaign_name VARCHAR,
    worst_campaign_revenue DECIMAL(18, 2),
    top_tags VARCHAR[],
    tag_performance MAP(VARCHAR, DOUBLE),
    processed_at TIMESTAMPTZ NOT NULL
);

-- key: klaviyo_public_id, date
CREATE TABLE account_metrics_daily (
    klaviyo_public_id VARCHAR NOT NULL,
    date DATE NOT NULL,
    total_revenue DECIMAL(18, 2),
    email_revenue DECIMAL(18, 2),
    sms_revenue DECIMAL(18, 2),
    flow_revenue DECIMAL(18, 2),
    campaign_revenue DECIMAL(18, 2),
    total_orders UINTEGER,
    email_orders UINTEGER,
    sms_orders UINTEGER,
    avg_order_value DECIMAL(18, 2),
    unique_customers UINTEGER,
    new_customers UINTEGER,
    repeat_customers UINTEGER,
    new_customer_revenue DECIMAL(18, 2),
    repeat_customer_revenue DECIMAL(18, 2),
    total_emails_sent UBIGINT,
    total_sms_sent UBIGINT,
    total_opens UBIGINT,
    total_clicks UBIGINT,
    revenue_per_email DECIMAL(18, 2),
    revenue_per_sms DECIMAL(18, 2),
    revenue_per_recipient DECIMAL(18, 2),
    revenue_growth_pct FLOAT,
    order_growth_pct FLOAT,
    customer_growth_pct FLOAT,
    timestamp TIMESTAMPTZ NOT NULL
);
