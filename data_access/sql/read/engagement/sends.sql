-- purpose: what campaigns and flows sent on some days, and what came of it, as Klaviyo counts it by send date
-- grain: one row a day, kind (campaign, flow) and channel
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , recent_start Date32, recent_end Date32
-- reads: campaign_statistics, flow_days
SELECT
    date AS date, 'campaign' AS kind, coalesce(send_channel, '') AS channel,
    sum(recipients) AS recipients, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(failed) AS failed,
    sum(opens_unique) AS opens, sum(clicks_unique) AS clicks, sum(conversion_uniques) AS converted,
    sum(conversions) AS conversions, CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value,
    sum(unsubscribe_uniques) AS unsubscribed, sum(spam_complaints) AS complaints,
    CAST(sum(text_message_spend) AS DECIMAL(18, 4)) AS spend, sum(text_message_credit_usage_amount) AS credits
FROM campaign_statistics
WHERE date BETWEEN :start AND :end OR date BETWEEN :compared_start AND :compared_end
    OR date BETWEEN :recent_start AND :recent_end
GROUP BY date, channel
UNION ALL
SELECT
    date AS date, 'flow' AS kind, coalesce(send_channel, '') AS channel,
    sum(recipients) AS recipients, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(failed) AS failed,
    sum(opens_unique) AS opens, sum(clicks_unique) AS clicks, sum(conversion_uniques) AS converted,
    sum(conversions) AS conversions, CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value,
    sum(unsubscribe_uniques) AS unsubscribed, sum(spam_complaints) AS complaints,
    CAST(sum(text_message_spend) AS DECIMAL(18, 4)) AS spend, sum(text_message_credit_usage_amount) AS credits
FROM flow_days
WHERE date BETWEEN :start AND :end OR date BETWEEN :compared_start AND :compared_end
    OR date BETWEEN :recent_start AND :recent_end
GROUP BY date, channel
