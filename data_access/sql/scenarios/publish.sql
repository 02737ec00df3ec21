-- purpose: raises the version of a dataset of the company's, which is in the cache keys of the pages over it
-- grain: one row a dataset
-- params: dataset String
INSERT INTO company_versions (dataset, version, changed_at)
VALUES (:dataset, 1, now())
ON CONFLICT (dataset)
DO UPDATE SET version = company_versions.version + 1, changed_at = excluded.changed_at
