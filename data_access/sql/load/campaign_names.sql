-- purpose: name, channel and send date of the campaigns, which the reports lack
-- grain: one row a campaign
-- params: account String, timezone String
SELECT
    campaign_id, name AS campaign_name,
    CAST(coalesce(sent_at, scheduled_at) AT TIME ZONE :timezone AS DATE) AS send_date
FROM klaviyo_campaigns WHERE klaviyo_public_id = :account
