-- purpose: bumps the version of each dataset that changed
-- grain: one row a dataset
-- params: account String, datasets Array(String)
INSERT INTO data_versions (klaviyo_public_id, dataset, version, changed_at)
SELECT :account, d.dataset, 1, now() FROM (SELECT unnest(CAST(:datasets AS VARCHAR[])) AS dataset) AS d
ON CONFLICT (klaviyo_public_id, dataset)
DO UPDATE SET version = data_versions.version + 1, changed_at = excluded.changed_at
