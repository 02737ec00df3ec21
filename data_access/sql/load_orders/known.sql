-- purpose: orders of an account that are there already among those of a part
-- grain: one row
-- params: account String
SELECT count(*) AS orders
FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM incoming_orders)
