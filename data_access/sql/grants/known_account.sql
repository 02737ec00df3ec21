-- purpose: whether a store is connected
-- grain: one row at most
-- params: account String
SELECT klaviyo_public_id FROM stores WHERE klaviyo_public_id = :account
