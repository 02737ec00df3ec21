-- purpose: the orders whose deductions follow from what they are worth
-- grain: one row an order id
-- params: account String
SELECT DISTINCT original_order_id AS order_id FROM refund_cancelled_orders WHERE klaviyo_public_id = :account
