-- purpose: moves restored versions past those that were there before, so that no page takes old figures for restored ones
-- grain: one row an account and dataset
-- params: ahead Int64
UPDATE data_versions SET version = version + :ahead, publishing = false
