-- purpose: rebuilds what flows sent by day and channel, each flow and all together, for the days of rebuild_days
-- grain: flow_days: one row a day and channel ('' where Klaviyo names none) with a flow's message; flows_by_day: one row
-- grain: a flow, day and channel; sums, NULL where no row has a number
-- params: account String
DELETE FROM flow_days WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM rebuild_days)
-- @next
INSERT INTO flow_days (
    klaviyo_public_id, date, send_channel, recipients, delivered, bounced, failed, opens_unique, clicks_unique,
    conversion_uniques, conversions, conversion_value, unsubscribe_uniques, spam_complaints, text_message_spend,
    text_message_credit_usage_amount
)
SELECT
    :account, date, coalesce(send_channel, ''),
    sum(recipients), sum(delivered), sum(bounced), sum(failed), sum(opens_unique), sum(clicks_unique),
    sum(conversion_uniques), sum(conversions), CAST(sum(conversion_value) AS DECIMAL(18, 2)),
    sum(unsubscribe_uniques), sum(spam_complaints), CAST(sum(text_message_spend) AS DECIMAL(18, 4)),
    sum(text_message_credit_usage_amount)
FROM flow_statistics
WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM rebuild_days)
GROUP BY date, coalesce(send_channel, '')
-- @next
DELETE FROM flows_by_day WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM rebuild_days)
-- @next
INSERT INTO flows_by_day (
    klaviyo_public_id, flow_id, flow_name, date, send_channel, recipients, delivered, bounced, failed, opens_unique,
    clicks_unique, conversion_uniques, conversions, conversion_value, unsubscribe_uniques, spam_complaints, text_message_spend,
    text_message_credit_usage_amount
)
SELECT
    :account, flow_id, max(flow_name), date, coalesce(send_channel, ''),
    sum(recipients), sum(delivered), sum(bounced), sum(failed), sum(opens_unique), sum(clicks_unique),
    sum(conversion_uniques), sum(conversions), CAST(sum(conversion_value) AS DECIMAL(18, 2)),
    sum(unsubscribe_uniques), sum(spam_complaints), CAST(sum(text_message_spend) AS DECIMAL(18, 4)),
    sum(text_message_credit_usage_amount)
FROM flow_statistics
WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM rebuild_days)
GROUP BY flow_id, date, coalesce(send_channel, '')
ORDER BY date, flow_id
