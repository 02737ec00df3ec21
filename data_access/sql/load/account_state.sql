-- purpose: an account as far as fetching needs it
-- grain: one row
-- params: account String
SELECT
    name, timezone, currency, api_key_encrypted,
    EXISTS (SELECT 1 FROM klaviyo_events WHERE klaviyo_public_id = :account) AS has_events
FROM stores WHERE klaviyo_public_id = :account
