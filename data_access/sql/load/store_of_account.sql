-- purpose: the registered stores with their encrypted keys
-- grain: one row a store
SELECT klaviyo_public_id AS account, name, timezone, currency, api_key_encrypted,
    oauth_token_encrypted IS NOT NULL OR refresh_token_encrypted IS NOT NULL AS signed_in
FROM stores WHERE klaviyo_public_id IS NOT NULL ORDER BY name, klaviyo_public_id
