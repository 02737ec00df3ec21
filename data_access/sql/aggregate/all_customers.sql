-- purpose: every customer of an account
-- grain: one row a customer
-- params: account String
SELECT DISTINCT customer_id FROM klaviyo_orders WHERE klaviyo_public_id = :account
