-- Baskets, and what is counted of them: the state from which products bought together are derived.

-- key: klaviyo_public_id, product_id. `code` numbers the account's products; product_name and category are those of the
-- latest line, whose order and time are named_by and named_at.
CREATE TABLE IF NOT EXISTS {local basket_products} (
    klaviyo_public_id String,
    product_id String,
    code Int32,
    product_name Nullable(String),
    category String DEFAULT '',
    named_at Nullable(DateTime64(6, 'UTC')),
    named_by Nullable(String),
    baskets Int64,
    baskets_with_others Int64,
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, product_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed basket_products};

-- key: klaviyo_public_id, order_id. The distinct products of an order that counts, by their codes, ascending.
CREATE TABLE IF NOT EXISTS {local order_baskets} (
    klaviyo_public_id String,
    order_id String,
    order_date Date32,
    products Array(Int32),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, order_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed order_baskets};

-- key: klaviyo_public_id, code_a, code_b (a < b). Days of the first and the last basket with both.
CREATE TABLE IF NOT EXISTS {local product_pair_counts} (
    klaviyo_public_id String,
    code_a Int32,
    code_b Int32,
    baskets Int64,
    first_date Date32,
    last_date Date32,
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, code_a, code_b)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed product_pair_counts};

-- How sure a relationship is: ends of the lift's 95 % interval, the false discovery rate at which it would just be
-- accepted, and how alike the company of both products is (possible substitutes only).
ALTER TABLE {local product_relationships_optimized} ADD COLUMN IF NOT EXISTS lift_low Nullable(Float64),
    ADD COLUMN IF NOT EXISTS lift_high Nullable(Float64), ADD COLUMN IF NOT EXISTS false_discovery_rate Nullable(Float64),
    ADD COLUMN IF NOT EXISTS similarity Nullable(Float64);
ALTER TABLE product_relationships_optimized {on_cluster} ADD COLUMN IF NOT EXISTS lift_low Nullable(Float64),
    ADD COLUMN IF NOT EXISTS lift_high Nullable(Float64), ADD COLUMN IF NOT EXISTS false_discovery_rate Nullable(Float64),
    ADD COLUMN IF NOT EXISTS similarity Nullable(Float64);
