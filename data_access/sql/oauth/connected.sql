-- purpose: the accounts that are connected by sign-in, and what went wrong with their last refresh
-- grain: one row an account
SELECT s.klaviyo_public_id AS account, r.error
FROM stores AS s
LEFT JOIN oauth_refreshes AS r ON r.klaviyo_public_id = s.klaviyo_public_id
WHERE s.klaviyo_public_id IS NOT NULL
    AND (s.oauth_token_encrypted IS NOT NULL OR s.refresh_token_encrypted IS NOT NULL)
ORDER BY s.klaviyo_public_id
