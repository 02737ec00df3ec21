-- purpose: from when on an account's events are whole, where retention has removed earlier ones
-- grain: one row; NULL where nothing was removed
-- params: account String
SELECT max(horizon) AS frozen FROM retention_horizons WHERE klaviyo_public_id = :account
