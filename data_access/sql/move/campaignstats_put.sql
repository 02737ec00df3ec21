-- purpose: campaign figures of an earlier system, new ones and newer ones
-- grain: one row an account, campaign and message
INSERT INTO campaignstats
    (klaviyo_public_id, campaign_id, campaign_message_id, send_channel, store_public_ids, campaign_name, subject,
     tag_names, statistics, updated_at)
SELECT
    s.account, s.campaign_id, s.campaign_message_id, s.send_channel, s.store_public_ids, s.campaign_name, s.subject,
    s.tag_names, CAST(s.statistics AS JSON), s.updated_at
FROM staged_campaignstats AS s
ON CONFLICT (klaviyo_public_id, campaign_id, campaign_message_id) DO UPDATE SET
    send_channel = excluded.send_channel,
    store_public_ids = excluded.store_public_ids,
    campaign_name = excluded.campaign_name,
    subject = excluded.subject,
    tag_names = excluded.tag_names,
    statistics = excluded.statistics,
    updated_at = excluded.updated_at
