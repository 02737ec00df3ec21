-- purpose: one campaign's messages and variations, as Klaviyo counts them
-- grain: one row a message and variation
-- params: campaign String
-- reads: campaign_message_statistics
SELECT
    campaign_message_id AS message_id, variation_id AS variation_id, max(variation_name) AS variation,
    max(message_name) AS message, max(campaign_name) AS name, coalesce(max(send_channel), '') AS channel,
    max(date) AS sent_on,
    sum(recipients) AS recipients, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(failed) AS failed,
    sum(opens_unique) AS opens, sum(clicks_unique) AS clicks, sum(conversion_uniques) AS converted,
    sum(conversions) AS conversions, CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value,
    sum(unsubscribe_uniques) AS unsubscribed, sum(spam_complaints) AS complaints,
    CAST(sum(text_message_spend) AS DECIMAL(18, 4)) AS spend, sum(text_message_credit_usage_amount) AS credits
FROM campaign_message_statistics
WHERE campaign_id = :campaign
GROUP BY campaign_message_id, variation_id
ORDER BY message_id, variation_id
