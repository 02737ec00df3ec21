-- purpose: the same secrets under another key; one that somebody replaced in the meantime is left out
-- grain: one row a store
UPDATE stores SET
    api_key_encrypted = s.api_key_new,
    oauth_token_encrypted = s.oauth_token_new,
    refresh_token_encrypted = s.refresh_token_new
FROM staged_secrets AS s
WHERE stores.public_id = s.public_id
    AND stores.api_key_encrypted IS NOT DISTINCT FROM s.api_key_old
    AND stores.oauth_token_encrypted IS NOT DISTINCT FROM s.oauth_token_old
    AND stores.refresh_token_encrypted IS NOT DISTINCT FROM s.refresh_token_old
