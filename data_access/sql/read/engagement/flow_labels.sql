-- purpose: one flow, and its messages in their places
-- grain: one row a message; of a flow without any one row with an empty one
-- params: flow String
-- reads: klaviyo_flows, klaviyo_flow_messages, klaviyo_flow_actions
SELECT
    f.name, f.status, f.trigger_type, f.archived, f.tags, coalesce(m.message_id, '') AS message_id,
    m.position AS position, coalesce(m.name, '') AS message, coalesce(m.channel, '') AS channel,
    coalesce(m.subject, '') AS subject, coalesce(x.status, '') AS action_status
FROM klaviyo_flows AS f
LEFT JOIN klaviyo_flow_messages AS m ON m.flow_id = f.flow_id
LEFT JOIN klaviyo_flow_actions AS x ON x.action_id = m.action_id
WHERE f.flow_id = :flow
ORDER BY m.position, m.message_id
