-- purpose: the orders of all customers
-- grain: one row a customer
-- params: account String
SELECT customer_id, orders
FROM customer_histories
WHERE klaviyo_public_id = :account
