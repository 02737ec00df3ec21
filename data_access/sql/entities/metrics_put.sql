-- purpose: creates one of the metrics, or updates it; when it was created stays
-- grain: one row a metric
-- params: account String, id String, name Nullable(String), type Nullable(String), description Nullable(String)
-- params: , created_at Nullable(DateTime64(6)), updated_at Nullable(DateTime64(6))
-- params: , integration_id Nullable(String), integration_name Nullable(String)
-- params: , integration_category Nullable(String), metadata Nullable(String)
UPDATE klaviyo_metrics SET
    name = CAST(:name AS VARCHAR), type = CAST(:type AS VARCHAR), description = CAST(:description AS VARCHAR),
    updated_at = CAST(:updated_at AS TIMESTAMPTZ), integration_id = CAST(:integration_id AS VARCHAR),
    integration_name = CAST(:integration_name AS VARCHAR), integration_category = CAST(:integration_category AS
    VARCHAR), metadata = CAST(:metadata AS JSON)
WHERE klaviyo_public_id = :account AND id = :id
-- @next
INSERT INTO klaviyo_metrics
    (klaviyo_public_id, id, name, type, description, created_at, updated_at, integration_id, integration_name,
    integration_category, metadata)
SELECT
    :account, :id, CAST(:name AS VARCHAR), CAST(:type AS VARCHAR), CAST(:description AS VARCHAR), CAST(:created_at
    AS TIMESTAMPTZ), CAST(:updated_at AS TIMESTAMPTZ), CAST(:integration_id AS VARCHAR), CAST(:integration_name AS
    VARCHAR), CAST(:integration_category AS VARCHAR), CAST(:metadata AS JSON)
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_metrics WHERE klaviyo_public_id = :account AND id = :id)
