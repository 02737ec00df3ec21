-- purpose: what was sent and what came of it by send date, over all channels: what is watched for unusual days
-- grain: one row a day with a message; openable, opens: without text messages, which tell no opens
-- params: start Date32, end Date32
-- reads: campaign_statistics, flow_statistics
SELECT
    date AS day, sum(recipients) AS recipients, sum(by_campaigns) AS by_campaigns, sum(delivered) AS delivered,
    sum(bounced) AS bounced, sum(openable) AS openable, sum(opens) AS opens, sum(clicks_unique) AS clicks,
    sum(spam_complaints) AS complaints, sum(unsubscribe_uniques) AS unsubscribed
FROM (
    SELECT
        date, recipients, recipients AS by_campaigns, delivered, bounced, clicks_unique, spam_complaints, unsubscribe_uniques,
        CASE WHEN send_channel = 'sms' THEN NULL ELSE delivered END AS openable,
        CASE WHEN send_channel = 'sms' THEN NULL ELSE opens_unique END AS opens
    FROM campaign_statistics
    WHERE date BETWEEN :start AND :end
    UNION ALL
    SELECT
        date, recipients, 0 AS by_campaigns, delivered, bounced, clicks_unique, spam_complaints, unsubscribe_uniques,
        CASE WHEN send_channel = 'sms' THEN NULL ELSE delivered END AS openable,
        CASE WHEN send_channel = 'sms' THEN NULL ELSE opens_unique END AS opens
    FROM flow_statistics
    WHERE date BETWEEN :start AND :end
) AS told
GROUP BY day
ORDER BY day
