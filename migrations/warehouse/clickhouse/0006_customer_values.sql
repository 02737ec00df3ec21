-- Whether customers still buy and what they are expected to bring, and what the cohorts of first orders have done.

-- p_alive, 0–1; expected_… within the horizon of the fit, NULL where no model could be fitted. Days count, not orders:
-- repeat_orders are days with an order after the first such day, repeat_value is the gross value of those that have one.
CREATE TABLE IF NOT EXISTS {local customer_values} (
    klaviyo_public_id String,
    customer_id String,
    cohort Date32,
    first_order_date Date32,
    last_order_date Date32,
    repeat_orders UInt32,
    valued_repeat_orders UInt32,
    repeat_value Decimal(18, 2),
    p_alive Float64,
    expected_orders Nullable(Float64),
    expected_order_value Nullable(Decimal(18, 2)),
    expected_value Nullable(Decimal(18, 2)),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, customer_id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed customer_values};

CREATE TABLE IF NOT EXISTS {local cohort_months} (
    klaviyo_public_id String,
    cohort Date32,
    age_months UInt16,
    customers UInt32,
    orders UInt32,
    gross_revenue Decimal(18, 2),
    net_revenue Decimal(18, 2),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, cohort, age_months)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed cohort_months};
