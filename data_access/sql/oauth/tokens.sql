-- purpose: an account's tokens, encrypted, and whether a refresh of them is under way
-- grain: one row
-- params: account String
SELECT
    s.name, s.oauth_token_encrypted, s.refresh_token_encrypted, s.token_expires_at, r.owner,
    coalesce(r.lease_until > now(), false) AS leased
FROM stores AS s
LEFT JOIN oauth_refreshes AS r ON r.klaviyo_public_id = s.klaviyo_public_id
WHERE s.klaviyo_public_id = :account
