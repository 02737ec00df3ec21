-- purpose: one of the account's flows
-- grain: one row a flow
-- params: account String, id String
SELECT
    flow_id, name, status, created_at, updated_at, trigger_type, CAST(metadata AS VARCHAR) AS metadata
FROM klaviyo_flows WHERE klaviyo_public_id = :account AND flow_id = :id
