-- purpose: the day of an account's newest order, and how many orders it has
-- grain: one row; NULL and 0 without an order
-- params: account String
SELECT max(order_date) AS last_day, count(*) AS orders FROM klaviyo_orders WHERE klaviyo_public_id = :account
