-- purpose: forgets an account's key; its data stay
-- grain: one row a store
-- params: account String
UPDATE stores SET
    api_key_encrypted = NULL, oauth_token_encrypted = NULL, refresh_token_encrypted = NULL, token_expires_at = NULL,
    status = 'disconnected', updated_at = now()
WHERE klaviyo_public_id = :account
