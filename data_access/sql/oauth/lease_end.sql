-- purpose: gives the turn back; what went wrong with the refresh, if anything
-- grain: one row an account
-- params: account String, owner String, error Nullable(String)
UPDATE oauth_refreshes SET
    owner = NULL,
    lease_until = NULL,
    error = CAST(:error AS VARCHAR),
    failed_at = CASE WHEN CAST(:error AS VARCHAR) IS NULL THEN NULL ELSE now() END
WHERE klaviyo_public_id = :account AND owner = :owner
