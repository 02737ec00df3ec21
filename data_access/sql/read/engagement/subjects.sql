-- purpose: subject lines of campaigns sent since a moment
-- grain: one row a message with a subject, in the order of its campaign's messages
-- params: since DateTime64(6)
-- reads: klaviyo_campaign_messages, klaviyo_campaigns
SELECT m.campaign_id, m.subject
FROM klaviyo_campaign_messages AS m
JOIN klaviyo_campaigns AS c ON c.campaign_id = m.campaign_id
WHERE c.sent_at >= :since AND m.subject <> ''
ORDER BY m.campaign_id, m.message_id
