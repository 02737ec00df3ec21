-- purpose: an account's chosen settings, before they are written
-- grain: one row a setting
-- params: account String
SELECT key, CAST(value AS VARCHAR) AS value, version FROM settings WHERE klaviyo_public_id = :account
