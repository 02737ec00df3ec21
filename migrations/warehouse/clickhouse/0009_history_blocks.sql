-- What the page RFM reads of all customers' orders: few rows of long lists, since a row a customer takes many times as
-- long. It is made from customer_histories whenever customer_profiles is computed.

-- key: klaviyo_public_id, block. Up to 65,536 customers: how many orders everyone has, and of all of these orders,
-- customer by customer and each by day, the days since 1970 and the net revenue in cents. In every number of a list are
-- 8, 4, 2 or 1 values of the bytes that `…_bytes` tells, the first in the lowest.
CREATE TABLE IF NOT EXISTS {local customer_history_blocks} (
    klaviyo_public_id String,
    block Int32,
    customers Int32,
    orders_bytes Int32,
    orders Array(Int64),
    days_bytes Int32,
    days Array(Int64),
    cents_bytes Int32,
    cents Array(Int64),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, block)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed customer_history_blocks};

-- Where the customer stands in the blocks, the first at 0.
ALTER TABLE {local customer_profiles} ADD COLUMN IF NOT EXISTS place Nullable(Int32);
ALTER TABLE customer_profiles {on_cluster} ADD COLUMN IF NOT EXISTS place Nullable(Int32);
