-- purpose: names of campaigns and flows, by their ids
-- grain: one row a campaign and one a flow
-- reads: klaviyo_campaigns, klaviyo_flows
SELECT 'campaign' AS kind, campaign_id AS id, name FROM klaviyo_campaigns
UNION ALL
SELECT 'flow', flow_id, name FROM klaviyo_flows
