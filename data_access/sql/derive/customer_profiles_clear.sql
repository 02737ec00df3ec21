-- purpose: takes all customers' profiles away
-- grain: one row a customer
-- params: account String
DELETE FROM customer_profiles WHERE klaviyo_public_id = :account
