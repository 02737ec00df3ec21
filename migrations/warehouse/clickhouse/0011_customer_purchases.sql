-- What customers bought, as numbers: the state of a customer is made anew from it without a look at the lines of all
-- orders, whose ids are texts.

-- The number by which the customer stands in customer_purchases.
ALTER TABLE {local customer_states} ADD COLUMN IF NOT EXISTS code Nullable(Int32);
ALTER TABLE customer_states {on_cluster} ADD COLUMN IF NOT EXISTS code Nullable(Int32);

-- key: klaviyo_public_id, code. Names of categories and brands and ids of products, by number.
CREATE TABLE IF NOT EXISTS {local purchase_names} (
    klaviyo_public_id String,
    code Int32,
    name String,
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, code)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed purchase_names};

-- key: klaviyo_public_id, customer, order_date, product, category, brand. Line totals of orders that count, in cents of
-- the account's currency, by customer and day; a name that a line has not is number 0.
CREATE TABLE IF NOT EXISTS {local customer_purchases} (
    klaviyo_public_id String,
    customer Int32,
    order_date Date32,
    product Int32,
    category Int32,
    brand Int32,
    cents Int64,
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, customer, order_date, product, category, brand)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed customer_purchases};
