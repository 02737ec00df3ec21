-- purpose: says of every account that its figures are being put in place, until they are
-- grain: one row an account and dataset
UPDATE data_versions SET publishing = true
