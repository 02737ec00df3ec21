-- purpose: events of one campaign's messages by day
-- grain: one row a day
-- params: campaign String
-- reads: message_days, klaviyo_campaign_messages
SELECT
    date, CAST(sum(received) AS BIGINT) AS received, CAST(sum(opened) AS BIGINT) AS opened,
    CAST(sum(machine_opened) AS BIGINT) AS machine_opened, CAST(sum(openers) AS BIGINT) AS openers,
    CAST(sum(clicked) AS BIGINT) AS clicked, CAST(sum(bot_clicked) AS BIGINT) AS bot_clicked,
    CAST(sum(clickers) AS BIGINT) AS clickers, CAST(sum(bounced) AS BIGINT) AS bounced,
    CAST(sum(unsubscribed) AS BIGINT) AS unsubscribed, CAST(sum(marked_spam) AS BIGINT) AS marked_spam
FROM message_days
WHERE message_id IN (SELECT message_id FROM klaviyo_campaign_messages WHERE campaign_id = :campaign)
GROUP BY date
ORDER BY date
