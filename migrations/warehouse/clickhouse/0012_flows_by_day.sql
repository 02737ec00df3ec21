-- What each flow sent by day and channel and what came of it: the sums of flow_statistics, which has a row a message.
-- Pages ask for months of days of hundreds of flows.

-- key: klaviyo_public_id, flow_id, date, send_channel ('' where Klaviyo names none).
CREATE TABLE IF NOT EXISTS {local flows_by_day} (
    klaviyo_public_id String,
    flow_id String,
    flow_name Nullable(String),
    date Date32,
    send_channel String,
    recipients Nullable(Float64),
    delivered Nullable(Float64),
    bounced Nullable(Float64),
    failed Nullable(Float64),
    opens_unique Nullable(Float64),
    clicks_unique Nullable(Float64),
    conversion_uniques Nullable(Float64),
    conversions Nullable(Float64),
    conversion_value Nullable(Decimal(18, 2)),
    unsubscribe_uniques Nullable(Float64),
    spam_complaints Nullable(Float64),
    text_message_spend Nullable(Decimal(18, 4)),
    text_message_credit_usage_amount Nullable(Float64),
    updated_at DateTime64(6, 'UTC'),
    is_deleted UInt8 DEFAULT 0
) ENGINE = {replacing}(updated_at, is_deleted)
ORDER BY (klaviyo_public_id, date, flow_id, send_channel)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 600,
    min_age_to_force_merge_on_partition_only = 1;
{distributed flows_by_day};

INSERT INTO flows_by_day
SELECT
    klaviyo_public_id, flow_id, max(flow_name), date, coalesce(send_channel, '') AS channel,
    sum(recipients), sum(delivered), sum(bounced), sum(failed), sum(opens_unique), sum(clicks_unique),
    sum(conversion_uniques), sum(conversions), CAST(sum(conversion_value) AS DECIMAL(18, 2)),
    sum(unsubscribe_uniques), sum(spam_complaints), CAST(sum(text_message_spend) AS DECIMAL(18, 4)),
    sum(text_message_credit_usage_amount),
    max(updated_at), 0
FROM flow_statistics FINAL
GROUP BY klaviyo_public_id, flow_id, date, channel;
