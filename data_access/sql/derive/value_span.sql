-- purpose: the first day with an order that counts
-- grain: one row; NULL without one (1970 on engines whose minimum of nothing is that: see `orders`)
-- params: account String, as_of Date32
SELECT min(order_date) AS first_day, count(*) AS orders
FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
