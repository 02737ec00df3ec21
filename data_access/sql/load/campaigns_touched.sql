-- purpose: the send days of campaigns whose name, tags, channel or send time is about to change
-- grain: one row a day
-- params: account String, timezone String
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'campaigns', 'day', day, nextval('ingest_seq')
FROM (
    SELECT CAST(CAST(p.sent_at AT TIME ZONE :timezone AS DATE) AS VARCHAR) AS day
    FROM staged_campaigns AS s
    JOIN klaviyo_campaigns AS p ON p.klaviyo_public_id = :account AND p.campaign_id = s.campaign_id
    WHERE p.sent_at IS NOT NULL AND (
        p.name IS DISTINCT FROM s.name OR p.tags IS DISTINCT FROM s.tags
        OR p.channel IS DISTINCT FROM s.channel OR p.sent_at IS DISTINCT FROM s.sent_at
    )
    UNION
    SELECT CAST(CAST(s.sent_at AT TIME ZONE :timezone AS DATE) AS VARCHAR)
    FROM staged_campaigns AS s
    LEFT JOIN klaviyo_campaigns AS p ON p.klaviyo_public_id = :account AND p.campaign_id = s.campaign_id
    WHERE s.sent_at IS NOT NULL AND (
        p.campaign_id IS NULL OR p.name IS DISTINCT FROM s.name OR p.tags IS DISTINCT FROM s.tags
        OR p.channel IS DISTINCT FROM s.channel OR p.sent_at IS DISTINCT FROM s.sent_at
    )
) AS moved
