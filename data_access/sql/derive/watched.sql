-- purpose: whether any derived table of an account rests on its orders, so that changes must be noted for it
-- grain: one row
-- params: account String
SELECT count(*) AS tables FROM derived_states WHERE klaviyo_public_id = :account
