-- purpose: campaigns of a status or a channel; what is not asked for does not matter
-- grain: one row a campaign
-- params: account String, status Nullable(String), channel Nullable(String)
SELECT
    campaign_id, name, status, created_at, updated_at, sent_at, channel, CAST(metadata AS VARCHAR) AS metadata
FROM klaviyo_campaigns
WHERE klaviyo_public_id = :account
    AND (CAST(:status AS VARCHAR) IS NULL OR status = CAST(:status AS VARCHAR))
    AND (CAST(:channel AS VARCHAR) IS NULL OR channel = CAST(:channel AS VARCHAR))
ORDER BY created_at, campaign_id
