-- purpose: form versions as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_form_versions
-- params: account String
INSERT INTO klaviyo_form_versions
    (klaviyo_public_id, form_version_id, form_id, form_type, status, variation_name, created_at, updated_at, metadata)
SELECT
    :account, s.form_version_id, s.form_id, s.form_type, s.status, s.variation_name, s.created_at, s.updated_at,
    CAST(s.metadata AS JSON)
FROM staged_form_versions AS s
LEFT JOIN klaviyo_form_versions AS p ON p.klaviyo_public_id = :account AND p.form_version_id = s.form_version_id
WHERE p.form_version_id IS NULL
    OR p.form_id IS DISTINCT FROM s.form_id
    OR p.form_type IS DISTINCT FROM s.form_type
    OR p.status IS DISTINCT FROM s.status
    OR p.variation_name IS DISTINCT FROM s.variation_name
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR json_extract(p.metadata, '$') IS DISTINCT FROM json_extract(s.metadata, '$')
ON CONFLICT (klaviyo_public_id, form_version_id) DO UPDATE SET
    form_id = excluded.form_id,
    form_type = excluded.form_type,
    status = excluded.status,
    variation_name = excluded.variation_name,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    metadata = excluded.metadata
