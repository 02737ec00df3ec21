-- purpose: campaign messages as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_campaign_messages
-- params: account String
INSERT INTO klaviyo_campaign_messages
    (klaviyo_public_id, message_id, campaign_id, channel, label, subject, preview_text, from_email, from_label,
    send_times, created_at, updated_at, metadata)
SELECT
    :account, s.message_id, s.campaign_id, s.channel, s.label, s.subject, s.preview_text, s.from_email, s.from_label,
    CAST(s.send_times AS JSON), s.created_at, s.updated_at, CAST(s.metadata AS JSON)
FROM staged_campaign_messages AS s
LEFT JOIN klaviyo_campaign_messages AS p ON p.klaviyo_public_id = :account AND p.message_id = s.message_id
WHERE p.message_id IS NULL
    OR p.campaign_id IS DISTINCT FROM s.campaign_id
    OR p.channel IS DISTINCT FROM s.channel
    OR p.label IS DISTINCT FROM s.label
    OR p.subject IS DISTINCT FROM s.subject
    OR p.preview_text IS DISTINCT FROM s.preview_text
    OR p.from_email IS DISTINCT FROM s.from_email
    OR p.from_label IS DISTINCT FROM s.from_label
    OR json_extract(p.send_times, '$') IS DISTINCT FROM json_extract(s.send_times, '$')
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR json_extract(p.metadata, '$') IS DISTINCT FROM json_extract(s.metadata, '$')
ON CONFLICT (klaviyo_public_id, message_id) DO UPDATE SET
    campaign_id = excluded.campaign_id,
    channel = excluded.channel,
    label = excluded.label,
    subject = excluded.subject,
    preview_text = excluded.preview_text,
    from_email = excluded.from_email,
    from_label = excluded.from_label,
    send_times = excluded.send_times,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    metadata = excluded.metadata
