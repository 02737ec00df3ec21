-- purpose: the orders whose status and deductions a slice may change
-- grain: one row an order id
SELECT order_id FROM accepted_orders
UNION
SELECT original_order_id FROM incoming_refunds WHERE reason IS NULL
