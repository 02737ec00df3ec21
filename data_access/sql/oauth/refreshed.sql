-- purpose: notes when an account's token was refreshed
-- grain: one row an account
-- params: account String
UPDATE oauth_refreshes SET refreshed_at = now() WHERE klaviyo_public_id = :account
