-- purpose: campaigns sent since a moment: their names, send times and tags
-- grain: one row a campaign
-- params: since DateTime64(6)
-- reads: klaviyo_campaigns
SELECT campaign_id, name, sent_at, tags
FROM klaviyo_campaigns
WHERE sent_at >= :since
