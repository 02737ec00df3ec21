-- purpose: one of the account's campaigns
-- grain: one row a campaign
-- params: account String, id String
SELECT
    campaign_id, name, status, created_at, updated_at, sent_at, channel, CAST(metadata AS VARCHAR) AS metadata
FROM klaviyo_campaigns WHERE klaviyo_public_id = :account AND campaign_id = :id
