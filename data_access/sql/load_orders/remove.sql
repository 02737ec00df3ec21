-- purpose: takes orders out of the warehouse, with all that belongs to them
-- grain: the rows of those orders
-- params: account String
DELETE FROM order_deductions
WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM affected_orders)
-- @next
DELETE FROM refund_cancelled_orders
WHERE klaviyo_public_id = :account AND original_order_id IN (SELECT order_id FROM affected_orders)
-- @next
DELETE FROM klaviyo_order_line_items
WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM affected_orders)
-- @next
DELETE FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM affected_orders)
