-- purpose: which state of an account's data is published
-- grain: one row a dataset
-- reads: data_versions
SELECT dataset, version, publishing, as_of FROM data_versions ORDER BY dataset
