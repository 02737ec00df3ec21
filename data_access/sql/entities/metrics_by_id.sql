-- purpose: one of the account's metrics
-- grain: one row a metric
-- params: account String, id String
SELECT
    id, name, type, description, created_at, updated_at, integration_id, integration_name, integration_category,
    CAST(metadata AS VARCHAR) AS metadata
FROM klaviyo_metrics WHERE klaviyo_public_id = :account AND id = :id
