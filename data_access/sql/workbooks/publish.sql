-- purpose: bumps the version of the company's data for every store, whose pages have it in their cache keys
-- grain: one row a store
-- params: dataset String
INSERT INTO data_versions (klaviyo_public_id, dataset, version, changed_at)
SELECT s.klaviyo_public_id, :dataset, 1, now()
FROM stores AS s
WHERE s.klaviyo_public_id IS NOT NULL
ON CONFLICT (klaviyo_public_id, dataset)
DO UPDATE SET version = data_versions.version + 1, changed_at = excluded.changed_at
