-- purpose: an account's holdouts with the names of their campaigns, or the one of a campaign
-- grain: one row a holdout, the campaign sent last first
-- params: campaign Nullable(String)
-- reads: holdouts, klaviyo_campaigns
SELECT
    h.campaign_id, coalesce(c.name, h.campaign_id) AS campaign, h.name, h.kind, h.source, h.source_name, h.snapshot_date,
    h.days, h.listed, h.unknown, h.repeated, h.sent_on, h.history_from, h.created_by
FROM holdouts AS h
LEFT JOIN klaviyo_campaigns AS c ON c.campaign_id = h.campaign_id
WHERE CAST(:campaign AS VARCHAR) IS NULL OR h.campaign_id = :campaign
ORDER BY h.sent_on DESC NULLS FIRST, h.campaign_id
