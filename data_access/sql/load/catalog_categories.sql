-- purpose: catalog categories as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_catalog_categories
-- params: account String
INSERT INTO klaviyo_catalog_categories
    (klaviyo_public_id, category_id, external_id, name, updated_at)
SELECT
    :account, s.category_id, s.external_id, s.name, s.updated_at
FROM staged_catalog_categories AS s
LEFT JOIN klaviyo_catalog_categories AS p ON p.klaviyo_public_id = :account AND p.category_id = s.category_id
WHERE p.category_id IS NULL
    OR p.external_id IS DISTINCT FROM s.external_id
    OR p.name IS DISTINCT FROM s.name
    OR p.updated_at IS DISTINCT FROM s.updated_at
ON CONFLICT (klaviyo_public_id, category_id) DO UPDATE SET
    external_id = excluded.external_id,
    name = excluded.name,
    updated_at = excluded.updated_at
