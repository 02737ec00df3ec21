-- purpose: what customers are scored by: their orders that count within a window that ends with the as-of date, and what
-- purpose: was deducted of these orders, whenever that was
-- grain: one row a customer; cents: net revenue in the account's currency
-- params: as_of Date32, after Date32
-- reads: klaviyo_orders, order_deductions
SELECT
    customer_id, max(order_date) AS last_order_date, sum(one) AS orders,
    CAST(sum(value) AS BIGINT) AS cents
FROM (
    SELECT customer_id, order_date, 1 AS one, CAST(coalesce(order_value_account, 0) * 100 AS BIGINT) AS value
    FROM klaviyo_orders
    WHERE order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of AND order_date > :after
    UNION ALL
    SELECT d.customer_id, d.order_date, 0, -CAST(d.amount * 100 AS BIGINT)
    FROM order_deductions AS d
    LEFT JOIN (SELECT order_id FROM klaviyo_orders WHERE order_status = 'cancelled' OR order_value <= 0) AS c ON c.order_id = d.order_id
    WHERE d.order_date <= :as_of AND d.order_date > :after AND c.order_id IS NULL
) AS moves
GROUP BY customer_id
HAVING sum(one) > 0
