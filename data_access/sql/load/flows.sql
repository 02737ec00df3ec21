-- purpose: flows as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_flows
-- params: account String
INSERT INTO klaviyo_flows
    (klaviyo_public_id, flow_id, name, status, created_at, updated_at, trigger_type, archived, tags, metadata)
SELECT
    :account, s.flow_id, s.name, s.status, s.created_at, s.updated_at, s.trigger_type, s.archived, s.tags,
    CAST(s.metadata AS JSON)
FROM staged_flows AS s
LEFT JOIN klaviyo_flows AS p ON p.klaviyo_public_id = :account AND p.flow_id = s.flow_id
WHERE p.flow_id IS NULL
    OR p.name IS DISTINCT FROM s.name
    OR p.status IS DISTINCT FROM s.status
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR p.trigger_type IS DISTINCT FROM s.trigger_type
    OR p.archived IS DISTINCT FROM s.archived
    OR p.tags IS DISTINCT FROM s.tags
    OR json_extract(p.metadata, '$') IS DISTINCT FROM json_extract(s.metadata, '$')
ON CONFLICT (klaviyo_public_id, flow_id) DO UPDATE SET
    name = excluded.name,
    status = excluded.status,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    trigger_type = excluded.trigger_type,
    archived = excluded.archived,
    tags = excluded.tags,
    metadata = excluded.metadata
