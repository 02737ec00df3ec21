-- purpose: the published versions of an account's datasets
-- grain: one row a dataset
-- params: account String
SELECT dataset, version FROM data_versions WHERE klaviyo_public_id = :account
