-- purpose: one campaign, and its messages with what stands in them
-- grain: one row a message; of a campaign without any one row with an empty one
-- params: campaign String
-- reads: klaviyo_campaigns, klaviyo_campaign_messages
SELECT
    c.name, c.status, c.channel, c.sent_at, c.tags, coalesce(m.message_id, '') AS message_id,
    coalesce(m.label, '') AS label, coalesce(m.subject, '') AS subject, coalesce(m.preview_text, '') AS preview
FROM klaviyo_campaigns AS c
LEFT JOIN klaviyo_campaign_messages AS m ON m.campaign_id = c.campaign_id
WHERE c.campaign_id = :campaign
ORDER BY m.message_id
