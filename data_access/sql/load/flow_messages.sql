-- purpose: flow messages as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_flow_messages
-- params: account String
INSERT INTO klaviyo_flow_messages
    (klaviyo_public_id, message_id, flow_id, action_id, position, name, channel, subject, created_at, updated_at,
    metadata)
SELECT
    :account, s.message_id, s.flow_id, s.action_id, s.position, s.name, s.channel, s.subject, s.created_at,
    s.updated_at, CAST(s.metadata AS JSON)
FROM staged_flow_messages AS s
LEFT JOIN klaviyo_flow_messages AS p ON p.klaviyo_public_id = :account AND p.message_id = s.message_id
WHERE p.message_id IS NULL
    OR p.flow_id IS DISTINCT FROM s.flow_id
    OR p.action_id IS DISTINCT FROM s.action_id
    OR p.position IS DISTINCT FROM s.position
    OR p.name IS DISTINCT FROM s.name
    OR p.channel IS DISTINCT FROM s.channel
    OR p.subject IS DISTINCT FROM s.subject
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR json_extract(p.metadata, '$') IS DISTINCT FROM json_extract(s.metadata, '$')
ON CONFLICT (klaviyo_public_id, message_id) DO UPDATE SET
    flow_id = excluded.flow_id,
    action_id = excluded.action_id,
    position = excluded.position,
    name = excluded.name,
    channel = excluded.channel,
    subject = excluded.subject,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    metadata = excluded.metadata
