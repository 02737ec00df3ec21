-- purpose: one customer's time line of orders
-- grain: one row an order, oldest first; value and deducted in the account's currency, value NULL without a rate
-- params: customer String, as_of Date32
-- reads: klaviyo_orders, order_deductions
SELECT
    o.order_id AS order_id, o.order_date AS order_date, o.order_timestamp AS order_timestamp,
    o.order_status AS order_status, o.order_value AS order_value, o.order_value_account AS value,
    coalesce(d.amount, 0) AS deducted, o.item_count AS items
FROM klaviyo_orders AS o
LEFT JOIN (
    SELECT order_id, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount FROM order_deductions
    WHERE customer_id = :customer GROUP BY order_id
) AS d ON d.order_id = o.order_id
WHERE o.customer_id = :customer AND o.order_date <= :as_of
ORDER BY o.order_timestamp, o.order_id
