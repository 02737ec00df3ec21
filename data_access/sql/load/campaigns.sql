-- purpose: campaigns as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_campaigns
-- params: account String
INSERT INTO klaviyo_campaigns
    (klaviyo_public_id, campaign_id, name, status, created_at, updated_at, scheduled_at, sent_at, channel, archived,
    tags, metadata)
SELECT
    :account, s.campaign_id, s.name, s.status, s.created_at, s.updated_at, s.scheduled_at, s.sent_at, s.channel,
    s.archived, s.tags, CAST(s.metadata AS JSON)
FROM staged_campaigns AS s
LEFT JOIN klaviyo_campaigns AS p ON p.klaviyo_public_id = :account AND p.campaign_id = s.campaign_id
WHERE p.campaign_id IS NULL
    OR p.name IS DISTINCT FROM s.name
    OR p.status IS DISTINCT FROM s.status
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR p.scheduled_at IS DISTINCT FROM s.scheduled_at
    OR p.sent_at IS DISTINCT FROM s.sent_at
    OR p.channel IS DISTINCT FROM s.channel
    OR p.archived IS DISTINCT FROM s.archived
    OR p.tags IS DISTINCT FROM s.tags
    OR json_extract(p.metadata, '$') IS DISTINCT FROM json_extract(s.metadata, '$')
ON CONFLICT (klaviyo_public_id, campaign_id) DO UPDATE SET
    name = excluded.name,
    status = excluded.status,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    scheduled_at = excluded.scheduled_at,
    sent_at = excluded.sent_at,
    channel = excluded.channel,
    archived = excluded.archived,
    tags = excluded.tags,
    metadata = excluded.metadata
