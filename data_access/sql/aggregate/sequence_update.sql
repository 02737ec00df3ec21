-- purpose: writes changed places in the customers' sequences
-- grain: one row an order
-- params: account String
UPDATE klaviyo_orders AS k
SET
    is_first_order = c.first_order,
    order_count_for_customer = c.count_for_customer,
    days_since_last_order = c.gap,
    customer_total_spent = c.spent,
    customer_order_count = c.number
FROM changed_sequence AS c
WHERE k.klaviyo_public_id = :account AND k.order_id = c.order_id
