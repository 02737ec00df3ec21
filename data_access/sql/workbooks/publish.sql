-- purpose: raises the version of the company's data, which pages have in their cache keys: those of each store, and those of none
-- grain: one row a store, and one of the company
-- params: dataset String
INSERT INTO data_versions (klaviyo_public_id, dataset, version, changed_at)
SELECT s.klaviyo_public_id, :dataset, 1, now()
FROM stores AS s
WHERE s.klaviyo_public_id IS NOT NULL
ON CONFLICT (klaviyo_public_id, dataset)
DO UPDATE SET version = data_versions.version + 1, changed_at = excluded.changed_at
-- @next
INSERT INTO company_versions (dataset, version, changed_at)
VALUES (:dataset, 1, now())
ON CONFLICT (dataset)
DO UPDATE SET version = company_versions.version + 1, changed_at = excluded.changed_at
