-- purpose: the campaigns that were, or are to be, sent between two moments
-- grain: one row a campaign
-- params: since DateTime64(6), until DateTime64(6)
-- reads: klaviyo_campaigns
SELECT campaign_id, name, status, sent_at, coalesce(channel, '') AS channel
FROM klaviyo_campaigns
WHERE sent_at >= :since AND sent_at < :until AND status <> 'Draft' AND status NOT LIKE 'Cancelled%'
ORDER BY sent_at, campaign_id
