-- The warehouse on ClickHouse: a row is replaced by a newer version and removed by one with is_deleted = 1.
-- A template: {local t} is the table's name, {replacing} its engine, {distributed t} what stands in front of a cluster's
-- shards. With CLICKHOUSE_CLUSTER set they become t_local ON CLUSTER, ReplicatedReplacingMergeTree and a table t that
-- sends each account's rows to one shard; without it they are t, ReplacingMergeTree and nothing.
-- A table is partitioned by month only where the date is in its key: elsewhere a row whose date moved would live in two
-- partitions, and FINAL, which reads partition by partition, would count both.
-- The server forgets a repeated insert by its token (non_replicated_deduplication_window; replicas do by themselves),
-- and merges what has been at rest for ten minutes into one part, of which FINAL costs next to nothing.

CREATE TABLE IF NOT EXISTS {local campaign_statistics} (
    klaviyo_public_id String,
    campaign_id String,
    campaign_name Nullable(String),
    send_channel Nullable(String),
    date Date32,
    recipients Nullable(Float64),
    delivered Nullable(Float64),
    bounced Nullable(Float64),
    failed Nullable(Float64),
    opens Nullable(Float64),
    opens_unique Nullable(Float64),
    clicks Nullable(Float64),
    clicks_unique Nullable(Float64),
    conversions Nullable(Float64),
    conversion_uniques Nullable(Float64),
    conversion_value Nullable(Decimal(18, 2)),
    unsubscribes Nullable(Float64),
    unsubscribe_uniques Nullable(Float64),
    spam_complaints Nullable(Float64),
    text_message_spend Nullable(Decimal(18, 4)),
    text_message_credit_usage_amount Nullable(Float64),
    open_rate_pct Nullable(Float64),
    click_rate_pct Nullable(Float64),
    conversion_rate_pct Nullable(Float64),
    unsubscribe_rate_pct Nullable(Float64),
    bounce_rate_pct Nullable(Float64),
    delivery_rate_pct Nullable(Float64),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, campaign_id, date)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed campaign_statistics};

CREATE TABLE IF NOT EXISTS {local campaign_message_statistics} (
    klaviyo_public_id String,
    campaign_id String,
    campaign_message_id String,
    variation_id String,
    variation_name Nullable(String),
    campaign_name Nullable(String),
    message_name Nullable(String),
    send_channel Nullable(String),
    date Date32,
    recipients Nullable(Float64),
    delivered Nullable(Float64),
    bounced Nullable(Float64),
    failed Nullable(Float64),
    opens Nullable(Float64),
    opens_unique Nullable(Float64),
    clicks Nullable(Float64),
    clicks_unique Nullable(Float64),
    conversions Nullable(Float64),
    conversion_uniques Nullable(Float64),
    conversion_value Nullable(Decimal(18, 2)),
    unsubscribes Nullable(Float64),
    unsubscribe_uniques Nullable(Float64),
    spam_complaints Nullable(Float64),
    text_message_spend Nullable(Decimal(18, 4)),
    text_message_credit_usage_amount Nullable(Float64),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, campaign_id, campaign_message_id, variation_id, date)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed campaign_message_statistics};

CREATE TABLE IF NOT EXISTS {local flow_statistics} (
    klaviyo_public_id String,
    flow_id String,
    flow_name Nullable(String),
    flow_message_id String,
    flow_message_name Nullable(String),
    send_channel Nullable(String),
    date Date32,
    recipients Nullable(Float64),
    delivered Nullable(Float64),
    bounced Nullable(Float64),
    failed Nullable(Float64),
    opens Nullable(Float64),
    opens_unique Nullable(Float64),
    clicks Nullable(Float64),
    clicks_unique Nullable(Float64),
    conversions Nullable(Float64),
    conversion_uniques Nullable(Float64),
    conversion_value Nullable(Decimal(18, 2)),
    unsubscribes Nullable(Float64),
    unsubscribe_uniques Nullable(Float64),
    spam_complaints Nullable(Float64),
    text_message_spend Nullable(Decimal(18, 4)),
    text_message_credit_usage_amount Nullable(Float64),
    open_rate_pct Nullable(Float64),
    click_rate_pct Nullable(Float64),
    conversion_rate_pct Nullable(Float64),
    unsubscribe_rate_pct Nullable(Float64),
    bounce_rate_pct Nullable(Float64),
    delivery_rate_pct Nullable(Float64),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
PARTITION BY toYYYYMM(date)
ORDER BY (klaviyo_public_id, flow_id, flow_message_id, date)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed flow_statistics};

CREATE TABLE IF NOT EXISTS {local form_statistics} (
    klaviyo_public_id String,
    form_id String,
    form_name Nullable(String),
    date Date32,
    viewed_form Nullable(Float64),
    viewed_form_uniques Nullable(Float64),
    submits Nullable(Float64),
    submits_unique Nullable(Float64),
    qualified_form Nullable(Float64),
    qualified_form_uniques Nullable(Float64),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
PARTITION BY toYYYYMM(date)
ORDER BY (klaviyo_public_id, form_id, date)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed form_statistics};

CREATE TABLE IF NOT EXISTS {local form_version_statistics} (
    klaviyo_public_id String,
    form_id String,
    form_version_id String,
    form_name Nullable(String),
    date Date32,
    viewed_form Nullable(Float64),
    viewed_form_uniques Nullable(Float64),
    viewed_form_step Nullable(Float64),
    viewed_form_step_uniques Nullable(Float64),
    submitted_form_step Nullable(Float64),
    submitted_form_step_uniques Nullable(Float64),
    submits Nullable(Float64),
    qualified_form Nullable(Float64),
    qualified_form_uniques Nullable(Float64),
    closed_form Nullable(Float64),
    closed_form_uniques Nullable(Float64),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
PARTITION BY toYYYYMM(date)
ORDER BY (klaviyo_public_id, form_id, form_version_id, date)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed form_version_statistics};

CREATE TABLE IF NOT EXISTS {local segment_statistics} (
    klaviyo_public_id String,
    segment_id String,
    segment_name Nullable(String),
    date Date32,
    total_members Nullable(Int64),
    new_members Nullable(Int64),
    removed_members Nullable(Int64),
    daily_change Nullable(Int64),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
PARTITION BY toYYYYMM(date)
ORDER BY (klaviyo_public_id, segment_id, date)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed segment_statistics};

CREATE TABLE IF NOT EXISTS {local segment_memberships} (
    klaviyo_public_id String,
    segment_id String,
    snapshot_date Date32,
    profile_id String,
    joined_at Nullable(DateTime64(6, 'UTC')),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
PARTITION BY toYYYYMM(snapshot_date)
ORDER BY (klaviyo_public_id, segment_id, snapshot_date, profile_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed segment_memberships};

-- order_value in the order's own currency; order_value_account in the account's, NULL where no rate is known.
-- discount_amount_account likewise.
CREATE TABLE IF NOT EXISTS {local klaviyo_orders} (
    klaviyo_public_id String,
    order_id String,
    event_id String,
    customer_id String,
    customer_email Nullable(String),
    order_value Decimal(18, 2),
    currency String,
    order_value_account Nullable(Decimal(18, 2)),
    order_status String DEFAULT 'placed',
    order_date Date32,
    order_timestamp DateTime64(6, 'UTC'),
    item_count Nullable(Int64),
    product_count Nullable(Int64),
    is_first_order Nullable(UInt8),
    order_count_for_customer Nullable(UInt32),
    days_since_last_order Nullable(Int32),
    channel String DEFAULT 'web',
    device_type String DEFAULT '',
    shipping_city String DEFAULT '',
    shipping_state String DEFAULT '',
    shipping_country String DEFAULT '',
    shipping_zip String DEFAULT '',
    discount_amount Decimal(18, 2) DEFAULT 0,
    discount_amount_account Nullable(Decimal(18, 2)),
    discount_code String DEFAULT '',
    discount_type String DEFAULT '',
    customer_tags Array(String),
    customer_total_spent Nullable(Decimal(18, 2)),
    customer_order_count Nullable(UInt32),
    utm_source String DEFAULT '',
    utm_medium String DEFAULT '',
    utm_campaign String DEFAULT '',
    synced_at DateTime64(6, 'UTC'),
    inserted_at DateTime64(6, 'UTC') DEFAULT now64(6),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(inserted_at, is_deleted)
ORDER BY (klaviyo_public_id, order_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed klaviyo_orders};

-- Money in the order's own currency; line_total_account in the account's, NULL where no rate is known.
CREATE TABLE IF NOT EXISTS {local klaviyo_order_line_items} (
    klaviyo_public_id String,
    order_id String,
    line_item_id String,
    product_id String,
    variant_id String DEFAULT '',
    product_name Nullable(String),
    product_brand String DEFAULT '',
    sku String DEFAULT '',
    collections Array(String),
    product_type String DEFAULT '',
    quantity Int64,
    unit_price Decimal(18, 2),
    line_total Decimal(18, 2),
    line_total_account Nullable(Decimal(18, 2)),
    discount_amount Decimal(18, 2) DEFAULT 0,
    discount_per_item Decimal(18, 2) DEFAULT 0,
    order_date Date32,
    synced_at DateTime64(6, 'UTC'),
    inserted_at DateTime64(6, 'UTC') DEFAULT now64(6),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(inserted_at, is_deleted)
ORDER BY (klaviyo_public_id, order_id, line_item_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed klaviyo_order_line_items};

-- amount_source: where refund_amount comes from: 'event', 'lines' (the named lines' total), 'order' (the order's value),
-- '' (not known before the order is; the amount is NULL then). The *_affected lists are parallel.
CREATE TABLE IF NOT EXISTS {local refund_cancelled_orders} (
    klaviyo_public_id String,
    event_id String,
    event_timestamp DateTime64(6, 'UTC'),
    event_type String,
    original_order_id String,
    original_order_timestamp Nullable(DateTime64(6, 'UTC')),
    customer_id String,
    customer_email Nullable(String),
    refund_amount Nullable(Decimal(18, 2)),
    amount_source String DEFAULT 'event',
    refund_reason String DEFAULT '',
    refund_currency String,
    line_items_affected Array(String),
    products_affected Array(String),
    quantities_refunded Array(UInt32),
    skus_affected Array(String),
    line_totals_affected Array(Nullable(Decimal(18, 2))),
    metric_id Nullable(String),
    metric_name Nullable(String),
    profile_id Nullable(String),
    event_properties Nullable(String),
    profile_properties Nullable(String),
    store_public_ids Array(String),
    synced_at DateTime64(6, 'UTC'),
    inserted_at DateTime64(6, 'UTC') DEFAULT now64(6),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(inserted_at, is_deleted)
ORDER BY (klaviyo_public_id, event_id, customer_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed refund_cancelled_orders};

-- What each refund or cancellation really deducts, in the account's currency: capped at what is left of the order.
CREATE TABLE IF NOT EXISTS {local order_deductions} (
    klaviyo_public_id String,
    event_id String,
    order_id String,
    customer_id String,
    event_type String,
    event_timestamp DateTime64(6, 'UTC'),
    deduction_date Date32,
    order_date Date32,
    amount Decimal(18, 2),
    updated_at DateTime64(6, 'UTC') DEFAULT now64(6),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, event_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed order_deductions};

-- At most one winner an order; an order without one has no row.
CREATE TABLE IF NOT EXISTS {local order_attribution} (
    klaviyo_public_id String,
    order_id String,
    order_date Date32,
    channel String,
    source_type String,
    campaign_id String DEFAULT '',
    flow_id String DEFAULT '',
    message_id String DEFAULT '',
    variation_id String DEFAULT '',
    attributed_event_id Nullable(String),
    touched_at Nullable(DateTime64(6, 'UTC')),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, order_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed order_attribution};

-- Events of a projection that could not become a row, with the place and the reason.
-- The reason names the place: of several lines of an event each has its own.
CREATE TABLE IF NOT EXISTS {local projection_rejects} (
    klaviyo_public_id String,
    event_id String,
    metric_name Nullable(String),
    event_timestamp Nullable(DateTime64(6, 'UTC')),
    reason String,
    updated_at DateTime64(6, 'UTC') DEFAULT now64(6),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, event_id, reason)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed projection_rejects};

CREATE TABLE IF NOT EXISTS {local customer_profiles} (
    klaviyo_public_id String,
    customer_email String,
    customer_id String,
    total_orders Nullable(UInt32),
    total_revenue Nullable(Decimal(18, 2)),
    total_refunds Nullable(Decimal(18, 2)),
    net_revenue Nullable(Decimal(18, 2)),
    avg_order_value Nullable(Decimal(18, 2)),
    first_order_date Nullable(Date32),
    last_order_date Nullable(Date32),
    days_since_last_order Nullable(UInt32),
    avg_days_between_orders Nullable(Float64),
    recency_score Nullable(UInt8),
    frequency_score Nullable(UInt8),
    monetary_score Nullable(UInt8),
    rfm_score Nullable(String),
    rfm_segment Nullable(String),
    favorite_category Nullable(String),
    favorite_brand Nullable(String),
    categories_purchased Array(String),
    brands_purchased Array(String),
    unique_products_purchased Nullable(UInt32),
    discount_usage_rate Nullable(Float64),
    avg_discount_amount Nullable(Decimal(18, 2)),
    weekend_buyer Nullable(UInt8),
    preferred_order_hour Nullable(UInt8),
    churn_risk_score Nullable(Float64),
    customer_age_days Nullable(UInt32),
    last_updated DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(last_updated, is_deleted)
ORDER BY (klaviyo_public_id, customer_email)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed customer_profiles};

CREATE TABLE IF NOT EXISTS {local products_master} (
    klaviyo_public_id String,
    product_id String,
    product_name Nullable(String),
    sku Nullable(String),
    brand Nullable(String),
    category Nullable(String),
    collections Array(String),
    tags Array(String),
    avg_price Nullable(Decimal(18, 2)),
    min_price Nullable(Decimal(18, 2)),
    max_price Nullable(Decimal(18, 2)),
    revenue_30d Nullable(Decimal(18, 2)),
    revenue_60d Nullable(Decimal(18, 2)),
    revenue_90d Nullable(Decimal(18, 2)),
    quantity_sold_30d Nullable(Int64),
    quantity_sold_60d Nullable(Int64),
    quantity_sold_90d Nullable(Int64),
    unique_customers_30d Nullable(UInt32),
    unique_customers_60d Nullable(UInt32),
    unique_customers_90d Nullable(UInt32),
    conversion_rate Nullable(Float64),
    repurchase_rate Nullable(Float64),
    avg_units_per_order Nullable(Float64),
    revenue_per_customer Nullable(Decimal(18, 2)),
    first_sold_date Nullable(Date32),
    last_sold_date Nullable(Date32),
    days_on_market Nullable(UInt32),
    velocity_score Nullable(Float64),
    revenue_rank Nullable(UInt32),
    quantity_rank Nullable(UInt32),
    discount_rate Nullable(Float64),
    avg_discount_amount Nullable(Decimal(18, 2)),
    last_updated DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(last_updated, is_deleted)
ORDER BY (klaviyo_public_id, product_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed products_master};

CREATE TABLE IF NOT EXISTS {local product_relationships_optimized} (
    klaviyo_public_id String,
    product_a String,
    product_b String,
    product_a_name Nullable(String),
    product_b_name Nullable(String),
    co_purchase_count Nullable(UInt32),
    confidence Nullable(Float64),
    lift Nullable(Float64),
    support Nullable(Float64),
    first_co_purchase Nullable(Date32),
    last_co_purchase Nullable(Date32),
    relationship_type String DEFAULT '',
    calculated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(calculated_at, is_deleted)
ORDER BY (klaviyo_public_id, product_a, product_b)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed product_relationships_optimized};

CREATE TABLE IF NOT EXISTS {local campaign_daily_aggregates} (
    klaviyo_public_id String,
    date Date32,
    send_channel String,
    total_campaigns Nullable(UInt32),
    campaigns_sent Array(String),
    total_recipients Nullable(UInt64),
    total_delivered Nullable(UInt64),
    total_opens Nullable(UInt64),
    total_clicks Nullable(UInt64),
    total_conversions Nullable(UInt64),
    total_revenue Nullable(Decimal(18, 2)),
    avg_revenue_per_campaign Nullable(Decimal(18, 2)),
    avg_revenue_per_recipient Nullable(Decimal(18, 2)),
    avg_open_rate Nullable(Float64),
    avg_click_rate Nullable(Float64),
    avg_conversion_rate Nullable(Float64),
    best_campaign_id Nullable(String),
    best_campaign_name Nullable(String),
    best_campaign_revenue Nullable(Decimal(18, 2)),
    worst_campaign_id Nullable(String),
    worst_campaign_name Nullable(String),
    worst_campaign_revenue Nullable(Decimal(18, 2)),
    top_tags Array(String),
    tag_performance Map(String, Float64),
    processed_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(processed_at, is_deleted)
ORDER BY (klaviyo_public_id, date, send_channel)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed campaign_daily_aggregates};

CREATE TABLE IF NOT EXISTS {local account_metrics_daily} (
    klaviyo_public_id String,
    date Date32,
    total_revenue Nullable(Decimal(18, 2)),
    email_revenue Nullable(Decimal(18, 2)),
    sms_revenue Nullable(Decimal(18, 2)),
    flow_revenue Nullable(Decimal(18, 2)),
    campaign_revenue Nullable(Decimal(18, 2)),
    total_orders Nullable(UInt32),
    email_orders Nullable(UInt32),
    sms_orders Nullable(UInt32),
    avg_order_value Nullable(Decimal(18, 2)),
    unique_customers Nullable(UInt32),
    new_customers Nullable(UInt32),
    repeat_customers Nullable(UInt32),
    new_customer_revenue Nullable(Decimal(18, 2)),
    repeat_customer_revenue Nullable(Decimal(18, 2)),
    total_emails_sent Nullable(UInt64),
    total_sms_sent Nullable(UInt64),
    total_opens Nullable(UInt64),
    total_clicks Nullable(UInt64),
    revenue_per_email Nullable(Decimal(18, 2)),
    revenue_per_sms Nullable(Decimal(18, 2)),
    revenue_per_recipient Nullable(Decimal(18, 2)),
    revenue_growth_pct Nullable(Float64),
    order_growth_pct Nullable(Float64),
    customer_growth_pct Nullable(Float64),
    timestamp DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(timestamp, is_deleted)
ORDER BY (klaviyo_public_id, date)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed account_metrics_daily};

-- Arithmetic on whole cents. Functions belong to the server, not to a database; each is told once and never changed.
CREATE FUNCTION IF NOT EXISTS promolens_floor_div {on_cluster} AS
    (number, divisor) -> intDiv(number, divisor) - if(number < 0 AND number % divisor <> 0, 1, 0);

-- A quotient rounded half up; the divisor is above 0.
CREATE FUNCTION IF NOT EXISTS promolens_half_up {on_cluster} AS
    (number, divisor) -> promolens_floor_div(2 * toInt64(number) + divisor, 2 * divisor);

CREATE FUNCTION IF NOT EXISTS promolens_money {on_cluster} AS
    (cents) -> CAST(cents AS Decimal(18, 0)) * CAST('0.01' AS Decimal(3, 2));

-- Cents at a rate of numerator / denominator, rounded half up: exact although the product needs 128 bits. The quotient is
-- estimated as a float; what the estimate leaves over is small, and therefore exact in arithmetic modulo 2^64.
-- NULL where the result has more than 18 digits.
CREATE FUNCTION IF NOT EXISTS promolens_at_estimate {on_cluster} AS
    (cents, numerator, denominator, estimate) ->
    estimate + promolens_half_up(cents * numerator - estimate * denominator, denominator);

CREATE FUNCTION IF NOT EXISTS promolens_at_rate {on_cluster} AS (cents, numerator, denominator) -> if(
    toFloat64(cents) * toFloat64(numerator) / toFloat64(denominator) < 999999999999999000,
    promolens_at_estimate(
        toInt64(cents), toInt64(numerator), toInt64(denominator),
        toInt64(floor(toFloat64(cents) * toFloat64(numerator) / toFloat64(denominator)))
    ),
    NULL
);
