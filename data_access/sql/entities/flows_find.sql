-- purpose: flows of a status or a trigger; what is not asked for does not matter
-- grain: one row a flow
-- params: account String, status Nullable(String), trigger Nullable(String)
SELECT
    flow_id, name, status, created_at, updated_at, trigger_type, CAST(metadata AS VARCHAR) AS metadata
FROM klaviyo_flows
WHERE klaviyo_public_id = :account
    AND (CAST(:status AS VARCHAR) IS NULL OR status = CAST(:status AS VARCHAR))
    AND (CAST(:trigger AS VARCHAR) IS NULL OR trigger_type = CAST(:trigger AS VARCHAR))
ORDER BY created_at, flow_id
