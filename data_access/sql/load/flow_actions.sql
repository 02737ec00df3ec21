-- purpose: flow actions as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_flow_actions
-- params: account String
INSERT INTO klaviyo_flow_actions
    (klaviyo_public_id, action_id, flow_id, action_type, status, position, created_at, updated_at, metadata)
SELECT
    :account, s.action_id, s.flow_id, s.action_type, s.status, s.position, s.created_at, s.updated_at, CAST(s.metadata
    AS JSON)
FROM staged_flow_actions AS s
LEFT JOIN klaviyo_flow_actions AS p ON p.klaviyo_public_id = :account AND p.action_id = s.action_id
WHERE p.action_id IS NULL
    OR p.flow_id IS DISTINCT FROM s.flow_id
    OR p.action_type IS DISTINCT FROM s.action_type
    OR p.status IS DISTINCT FROM s.status
    OR p.position IS DISTINCT FROM s.position
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR json_extract(p.metadata, '$') IS DISTINCT FROM json_extract(s.metadata, '$')
ON CONFLICT (klaviyo_public_id, action_id) DO UPDATE SET
    flow_id = excluded.flow_id,
    action_type = excluded.action_type,
    status = excluded.status,
    position = excluded.position,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    metadata = excluded.metadata
