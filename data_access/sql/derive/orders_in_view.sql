-- purpose: orders of days that the as-of date has passed since
-- grain: one row an order
-- params: account String, days_from Date32, as_of Date32
SELECT order_id
FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND order_date > :days_from AND order_date <= :as_of
