-- purpose: creates one of the flows, or updates it; when it was created stays
-- grain: one row a flow
-- params: account String, id String, name Nullable(String), status Nullable(String)
-- params: , created_at Nullable(DateTime64(6)), updated_at Nullable(DateTime64(6))
-- params: , trigger_type Nullable(String), metadata Nullable(String)
UPDATE klaviyo_flows SET
    name = CAST(:name AS VARCHAR), status = CAST(:status AS VARCHAR), updated_at = CAST(:updated_at AS TIMESTAMPTZ),
    trigger_type = CAST(:trigger_type AS VARCHAR), metadata = CAST(:metadata AS JSON)
WHERE klaviyo_public_id = :account AND flow_id = :id
-- @next
INSERT INTO klaviyo_flows
    (klaviyo_public_id, flow_id, name, status, created_at, updated_at, trigger_type, metadata)
SELECT
    :account, :id, CAST(:name AS VARCHAR), CAST(:status AS VARCHAR), CAST(:created_at AS TIMESTAMPTZ),
    CAST(:updated_at AS TIMESTAMPTZ), CAST(:trigger_type AS VARCHAR), CAST(:metadata AS JSON)
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_flows WHERE klaviyo_public_id = :account AND flow_id = :id)
