-- purpose: says that an account's figures are being put in place, so that nobody reads half of them
-- grain: one row a dataset
-- params: account String
INSERT INTO data_versions (klaviyo_public_id, dataset, version, changed_at, publishing)
VALUES (:account, 'orders', 0, now(), true)
ON CONFLICT (klaviyo_public_id, dataset) DO UPDATE SET publishing = true
-- @next
UPDATE data_versions SET publishing = true WHERE klaviyo_public_id = :account AND NOT publishing
    AND dataset NOT IN ('customers', 'values', 'products', 'pairs', 'parts')
