-- purpose: the accounts that have a store
-- grain: one row an account
SELECT klaviyo_public_id AS account FROM stores WHERE klaviyo_public_id IS NOT NULL ORDER BY klaviyo_public_id
