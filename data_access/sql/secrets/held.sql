-- purpose: everything that is encrypted, to be encrypted anew
-- grain: one row a store
SELECT public_id, name, api_key_encrypted, oauth_token_encrypted, refresh_token_encrypted
FROM stores
WHERE api_key_encrypted IS NOT NULL OR oauth_token_encrypted IS NOT NULL OR refresh_token_encrypted IS NOT NULL
ORDER BY public_id
