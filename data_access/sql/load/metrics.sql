-- purpose: metrics as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_metrics
-- params: account String
INSERT INTO klaviyo_metrics
    (klaviyo_public_id, id, name, type, description, created_at, updated_at, integration_id, integration_name,
    integration_category, metadata)
SELECT
    :account, s.id, s.name, s.type, s.description, s.created_at, s.updated_at, s.integration_id, s.integration_name,
    s.integration_category, CAST(s.metadata AS JSON)
FROM staged_metrics AS s
LEFT JOIN klaviyo_metrics AS p ON p.klaviyo_public_id = :account AND p.id = s.id
WHERE p.id IS NULL
    OR p.name IS DISTINCT FROM s.name
    OR p.type IS DISTINCT FROM s.type
    OR p.description IS DISTINCT FROM s.description
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR p.integration_id IS DISTINCT FROM s.integration_id
    OR p.integration_name IS DISTINCT FROM s.integration_name
    OR p.integration_category IS DISTINCT FROM s.integration_category
    OR json_extract(p.metadata, '$') IS DISTINCT FROM json_extract(s.metadata, '$')
ON CONFLICT (klaviyo_public_id, id) DO UPDATE SET
    name = excluded.name,
    type = excluded.type,
    description = excluded.description,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    integration_id = excluded.integration_id,
    integration_name = excluded.integration_name,
    integration_category = excluded.integration_category,
    metadata = excluded.metadata
