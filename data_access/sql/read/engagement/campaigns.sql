-- purpose: campaigns by send date, as Klaviyo counts them
-- grain: one row a campaign, the latest send first
-- params: start Date32, end Date32
-- reads: campaign_statistics
SELECT
    campaign_id AS campaign_id, max(campaign_name) AS name, coalesce(max(send_channel), '') AS channel,
    max(date) AS sent_on,
    sum(recipients) AS recipients, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(failed) AS failed,
    sum(opens_unique) AS opens, sum(clicks_unique) AS clicks, sum(conversion_uniques) AS converted,
    sum(conversions) AS conversions, CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value,
    sum(unsubscribe_uniques) AS unsubscribed, sum(spam_complaints) AS complaints,
    CAST(sum(text_message_spend) AS DECIMAL(18, 4)) AS spend, sum(text_message_credit_usage_amount) AS credits
FROM campaign_statistics
WHERE date BETWEEN :start AND :end
GROUP BY campaign_id
ORDER BY sent_on DESC, campaign_id
