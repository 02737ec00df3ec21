-- purpose: forms as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_forms
-- params: account String
INSERT INTO klaviyo_forms
    (klaviyo_public_id, form_id, name, status, ab_test, created_at, updated_at)
SELECT
    :account, s.form_id, s.name, s.status, s.ab_test, s.created_at, s.updated_at
FROM staged_forms AS s
LEFT JOIN klaviyo_forms AS p ON p.klaviyo_public_id = :account AND p.form_id = s.form_id
WHERE p.form_id IS NULL
    OR p.name IS DISTINCT FROM s.name
    OR p.status IS DISTINCT FROM s.status
    OR p.ab_test IS DISTINCT FROM s.ab_test
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
ON CONFLICT (klaviyo_public_id, form_id) DO UPDATE SET
    name = excluded.name,
    status = excluded.status,
    ab_test = excluded.ab_test,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at
