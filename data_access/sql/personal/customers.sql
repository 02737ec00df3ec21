-- purpose: who ordered, as orders know them
-- grain: one row a customer and e-mail
-- params: account String
SELECT DISTINCT customer_id, customer_email FROM klaviyo_orders WHERE klaviyo_public_id = :account
