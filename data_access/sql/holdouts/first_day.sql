-- purpose: the day of an account's first order
-- grain: one row; NULL without an order
-- params: account String
SELECT min(order_date) AS first_day FROM klaviyo_orders WHERE klaviyo_public_id = :account
