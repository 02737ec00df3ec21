-- purpose: the customers of changed orders, and of orders that the as-of date has passed since
-- grain: one row a customer; first, last: the days of the changed orders
-- params: account String, first Date32, last Date32, days_from Date32, as_of Date32
SELECT customer_id
FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND order_date >= :first AND order_date <= :last
    AND order_id IN (SELECT order_id FROM changed_orders)
UNION
SELECT customer_id
FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND order_date > :days_from AND order_date <= :as_of
