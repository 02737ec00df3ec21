-- purpose: metrics of a name or an integration; what is not asked for does not matter
-- grain: one row a metric
-- params: account String, name Nullable(String), integration Nullable(String)
SELECT
    id, name, type, description, created_at, updated_at, integration_id, integration_name, integration_category,
    CAST(metadata AS VARCHAR) AS metadata
FROM klaviyo_metrics
WHERE klaviyo_public_id = :account
    AND (CAST(:name AS VARCHAR) IS NULL OR name = CAST(:name AS VARCHAR))
    AND (CAST(:integration AS VARCHAR) IS NULL OR integration_name = CAST(:integration AS VARCHAR))
ORDER BY name, id
