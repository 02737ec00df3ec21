-- purpose: the store that is connected to an account already, under whatever id
-- grain: one row
-- params: account String
SELECT public_id FROM stores WHERE klaviyo_public_id = :account
