-- What pages ask of all orders, kept by customer and by product, so that no page reads the orders themselves.

-- key: klaviyo_public_id, customer_id. Orders that count, by day and then value; cents: net of what was deducted, in the
-- account's currency.
CREATE TABLE IF NOT EXISTS {local customer_histories} (
    klaviyo_public_id String,
    customer_id String,
    orders Array(Tuple(day Date32, cents Int64)),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, customer_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed customer_histories};

-- key: klaviyo_public_id, product_id. weekly_sales: of the weeks back from the as-of date, the oldest first.
CREATE TABLE IF NOT EXISTS {local product_trends} (
    klaviyo_public_id String,
    product_id String,
    weekly_sales Array(Decimal(18, 2)),
    sales_90d Decimal(18, 2),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, product_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed product_trends};
