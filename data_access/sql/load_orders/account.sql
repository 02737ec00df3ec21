-- purpose: an account as a load of orders finds it: whether it is one that is filled from files
-- grain: one row, none where the account is not known
-- params: account String
SELECT name, timezone, currency, coalesce(country, '') AS country, status FROM stores WHERE klaviyo_public_id = :account
