-- purpose: takes all customers' states away before they are made anew
-- grain: one row a customer
-- params: account String
DELETE FROM customer_states WHERE klaviyo_public_id = :account
-- @next
DELETE FROM customer_histories WHERE klaviyo_public_id = :account
-- @next
DELETE FROM purchase_names WHERE klaviyo_public_id = :account
-- @next
DELETE FROM customer_purchases WHERE klaviyo_public_id = :account
