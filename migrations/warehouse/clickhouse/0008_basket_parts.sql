-- What the page Basket is asked for besides pairs of products in all orders, kept so that nobody waits for a count.

-- key: klaviyo_public_id, part, item_a, item_b. part: 'categories', or 'segment ' and an RFM segment (pairs of products in
-- its customers' orders). baskets_a, baskets_b, baskets: those of the part that hold the one, the other and both.
CREATE TABLE IF NOT EXISTS {local basket_relationships} (
    klaviyo_public_id String,
    part String,
    item_a String,
    item_b String,
    baskets_a Int64,
    baskets_b Int64,
    baskets Int64,
    first_date Nullable(Date32),
    last_date Nullable(Date32),
    kind String,
    support Float64,
    lift Nullable(Float64),
    lift_low Nullable(Float64),
    lift_high Nullable(Float64),
    false_discovery_rate Nullable(Float64),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, part, item_a, item_b)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed basket_relationships};

-- key: klaviyo_public_id, items. Sets of three products and more in all orders; place: the most frequent is 0.
CREATE TABLE IF NOT EXISTS {local basket_bundles} (
    klaviyo_public_id String,
    items Array(String),
    place Int64,
    baskets Int64,
    lift Float64,
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, items)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed basket_bundles};
