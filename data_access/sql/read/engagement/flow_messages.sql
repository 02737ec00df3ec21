-- purpose: one flow's messages on the days of a period and on those of the thirteen weeks up to its end, as Klaviyo
-- purpose: counts them
-- grain: one row a message, channel, week and whether its days are the period's; week 0 ends with the period, -1 lies
-- grain: before all thirteen
-- params: flow String, start Date32, weeks_start Date32, end Date32
-- reads: flow_statistics
SELECT
    flow_message_id AS message_id, max(flow_message_name) AS message, max(flow_name) AS name,
    coalesce(send_channel, '') AS channel,
    CASE WHEN date >= :weeks_start
        THEN CAST(floor(date_diff('day', date, CAST(:end AS DATE)) / 7) AS INTEGER) ELSE -1 END AS week,
    CASE WHEN date >= :start THEN 1 ELSE 0 END AS inside,
    sum(recipients) AS recipients, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(failed) AS failed,
    sum(opens_unique) AS opens, sum(clicks_unique) AS clicks, sum(conversion_uniques) AS converted,
    sum(conversions) AS conversions, CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value,
    sum(unsubscribe_uniques) AS unsubscribed, sum(spam_complaints) AS complaints,
    CAST(sum(text_message_spend) AS DECIMAL(18, 4)) AS spend, sum(text_message_credit_usage_amount) AS credits
FROM flow_statistics
WHERE flow_id = :flow AND (date BETWEEN :start AND :end OR date BETWEEN :weeks_start AND :end)
GROUP BY flow_message_id, channel, week, inside
ORDER BY message_id, channel, week, inside
