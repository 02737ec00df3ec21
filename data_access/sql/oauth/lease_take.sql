-- purpose: takes the turn to refresh an account's token, unless somebody else has it
-- grain: one row an account
-- params: account String, owner String
INSERT INTO oauth_refreshes (klaviyo_public_id, owner, lease_until)
VALUES (:account, :owner, now() + INTERVAL '90 seconds')
ON CONFLICT (klaviyo_public_id) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
WHERE oauth_refreshes.lease_until IS NULL OR oauth_refreshes.lease_until <= now()
