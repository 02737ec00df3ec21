-- purpose: keeps new tokens in the place of those that they were made of
-- grain: one row
-- params: account String, held String, access String, refresh String, expires_at Nullable(DateTime64(6))
UPDATE stores SET
    oauth_token_encrypted = :access,
    refresh_token_encrypted = :refresh,
    token_expires_at = CAST(:expires_at AS TIMESTAMPTZ),
    updated_at = now()
WHERE klaviyo_public_id = :account AND refresh_token_encrypted = :held
