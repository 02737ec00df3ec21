-- purpose: what was sent and what came of it by send date, over all channels: what is watched for unusual days
-- grain: one row a day with a message; openable, opens: without text messages, which tell no opens; people: without the
-- grain: opens and clicks of e-mail, which those of people stand in for
-- params: start Date32, end Date32, people Bool
-- reads: campaign_statistics, flow_days
SELECT
    date AS day, sum(recipients) AS recipients, sum(by_campaigns) AS by_campaigns, sum(delivered) AS delivered,
    sum(bounced) AS bounced, sum(openable) AS openable, sum(opens) AS opens, sum(clicks) AS clicks,
    sum(spam_complaints) AS complaints, sum(unsubscribe_uniques) AS unsubscribed
FROM (
    SELECT
        date, recipients, recipients AS by_campaigns, delivered, bounced, spam_complaints, unsubscribe_uniques,
        CASE WHEN send_channel = 'sms' THEN NULL ELSE delivered END AS openable,
        CASE WHEN send_channel = 'sms' OR (:people AND send_channel = 'email') THEN NULL ELSE opens_unique END AS opens,
        CASE WHEN :people AND send_channel = 'email' THEN NULL ELSE clicks_unique END AS clicks
    FROM campaign_statistics
    WHERE date BETWEEN :start AND :end
    UNION ALL
    SELECT
        date, recipients, 0 AS by_campaigns, delivered, bounced, spam_complaints, unsubscribe_uniques,
        CASE WHEN send_channel = 'sms' THEN NULL ELSE delivered END AS openable,
        CASE WHEN send_channel = 'sms' OR (:people AND send_channel = 'email') THEN NULL ELSE opens_unique END AS opens,
        CASE WHEN :people AND send_channel = 'email' THEN NULL ELSE clicks_unique END AS clicks
    FROM flow_days
    WHERE date BETWEEN :start AND :end
) AS told
GROUP BY day
ORDER BY day
