-- purpose: says that an account's figures are in place; tables that are derived from its orders say so themselves
-- grain: one row a dataset
-- params: account String
UPDATE data_versions SET publishing = false WHERE klaviyo_public_id = :account AND publishing
    AND dataset NOT IN ('customers', 'values', 'products', 'pairs', 'parts')
