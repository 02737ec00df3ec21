-- purpose: the orders that stand in an account as a load brought them; those that a later load replaced are its own
-- grain: one row an order
-- params: account String, load String
SELECT order_id, order_date, customer_id
FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND event_id LIKE concat('file:', :load, ':%')
