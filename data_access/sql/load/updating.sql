-- purpose: whether the account's dashboard is being brought up to date
-- grain: one row a store
-- params: account String, updating Bool
UPDATE stores SET is_updating_dashboard = :updating WHERE klaviyo_public_id = :account
