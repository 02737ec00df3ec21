-- purpose: people who opened and clicked each campaign's messages; machines and bots are out
-- grain: one row a campaign with an event since a day
-- params: since Date32
-- reads: message_days, klaviyo_campaign_messages
SELECT m.campaign_id, CAST(sum(d.openers) AS BIGINT) AS opens, CAST(sum(d.clickers) AS BIGINT) AS clicks
FROM message_days AS d
JOIN klaviyo_campaign_messages AS m ON m.message_id = d.message_id
WHERE d.source_type = 'campaign' AND d.channel = 'email' AND d.date >= :since
GROUP BY m.campaign_id
