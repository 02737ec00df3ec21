-- purpose: the versions of forms with what they are and whether they are live
-- grain: one row a form and version; a form without versions has one with an empty version
-- reads: klaviyo_forms, klaviyo_form_versions
SELECT
    f.form_id, f.name, f.status, coalesce(v.form_version_id, '') AS form_version_id, coalesce(v.form_type, '') AS form_type,
    coalesce(v.variation_name, '') AS variation, coalesce(v.status, '') AS version_status
FROM klaviyo_forms AS f
LEFT JOIN klaviyo_form_versions AS v ON v.form_id = f.form_id
ORDER BY f.form_id, v.form_version_id
