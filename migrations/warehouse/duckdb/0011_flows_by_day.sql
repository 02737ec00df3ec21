-- What each flow sent by day and channel and what came of it: the sums of flow_statistics, which has a row a message.
-- Pages ask for months of days of hundreds of flows.

-- key: klaviyo_public_id, flow_id, date, send_channel ('' where Klaviyo names none).
CREATE TABLE flows_by_day (
    klaviyo_public_id VARCHAR NOT NULL,
    flow_id VARCHAR NOT NULL,
    flow_name VARCHAR,
    date DATE NOT NULL,
    send_channel VARCHAR NOT NULL,
    recipients DOUBLE,
    delivered DOUBLE,
    bounced DOUBLE,
    failed DOUBLE,
    opens_unique DOUBLE,
    clicks_unique DOUBLE,
    conversion_uniques DOUBLE,
    conversions DOUBLE,
    conversion_value DECIMAL(18, 2),
    unsubscribe_uniques DOUBLE,
    spam_complaints DOUBLE,
    text_message_spend DECIMAL(18, 4),
    text_message_credit_usage_amount DOUBLE
);

INSERT INTO flows_by_day (
    klaviyo_public_id, flow_id, flow_name, date, send_channel, recipients, delivered, bounced, failed, opens_unique,
    clicks_unique, conversion_uniques, conversions, conversion_value, unsubscribe_uniques, spam_complaints, text_message_spend,
    text_message_credit_usage_amount
)
SELECT
    klaviyo_public_id, flow_id, max(flow_name), date, coalesce(send_channel, ''),
    sum(recipients), sum(delivered), sum(bounced), sum(failed), sum(opens_unique), sum(clicks_unique),
    sum(conversion_uniques), sum(conversions), CAST(sum(conversion_value) AS DECIMAL(18, 2)),
    sum(unsubscribe_uniques), sum(spam_complaints), CAST(sum(text_message_spend) AS DECIMAL(18, 4)),
    sum(text_message_credit_usage_amount)
FROM flow_statistics
GROUP BY klaviyo_public_id, flow_id, date, coalesce(send_channel, '')
ORDER BY klaviyo_public_id, date, flow_id;
