-- purpose: an account as far as fetching needs it
-- grain: one row
-- params: account String
SELECT
    name, timezone, currency, api_key_encrypted, oauth_token_encrypted, token_expires_at,
    refresh_token_encrypted IS NOT NULL AS renewable,
    EXISTS (SELECT 1 FROM klaviyo_events WHERE klaviyo_public_id = :account) AS has_events
FROM stores WHERE klaviyo_public_id = :account
