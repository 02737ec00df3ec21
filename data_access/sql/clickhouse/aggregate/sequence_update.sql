-- purpose: writes changed places in the customers' sequences
-- grain: one row an order
-- params: account String, row_version DateTime64(6)
INSERT INTO klaviyo_orders
SELECT k.* REPLACE (
    c.first_order AS is_first_order, c.count_for_customer AS order_count_for_customer, c.gap AS days_since_last_order,
    c.spent AS customer_total_spent, c.number AS customer_order_count, :row_version AS inserted_at
)
FROM klaviyo_orders AS k
JOIN changed_sequence AS c ON c.order_id = k.order_id
WHERE k.klaviyo_public_id = :account
