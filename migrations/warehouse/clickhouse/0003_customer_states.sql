-- What a customer's orders come to, whatever the as-of date; customer_profiles is derived from it in one pass.
CREATE TABLE IF NOT EXISTS {local customer_states} (
    klaviyo_public_id String,
    customer_id String,
    customer_email String,
    total_orders UInt32,
    total_revenue Decimal(18, 2),
    total_refunds Decimal(18, 2),
    first_order_date Date32,
    last_order_date Date32,
    order_days UInt32,
    discounted_orders UInt32,
    priced_discounts UInt32,
    discount_total Decimal(18, 2),
    weekend_orders UInt32,
    preferred_order_hour UInt8,
    favorite_category Nullable(String),
    favorite_brand Nullable(String),
    categories_purchased Array(String),
    brands_purchased Array(String),
    unique_products_purchased UInt32,
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, customer_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed customer_states};
