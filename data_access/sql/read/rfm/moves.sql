-- purpose: what customers are scored by, at two dates: their orders that count within a window that ends with each, and
-- purpose: what was deducted of these orders, whenever that was
-- grain: one row a customer with such an order in either window; cents: net revenue in the account's currency
-- params: as_of Date32, after Date32, before Date32, before_after Date32
-- reads: klaviyo_orders, order_deductions
SELECT
    customer_id, max(last_day) AS last_order_date, sum(one) AS orders, CAST(sum(value) AS BIGINT) AS cents,
    max(last_before) AS last_order_before, sum(one_before) AS orders_before,
    CAST(sum(value_before) AS BIGINT) AS cents_before
FROM (
    SELECT
        customer_id,
        CASE WHEN order_date <= :as_of AND order_date > :after THEN order_date END AS last_day,
        CASE WHEN order_date <= :as_of AND order_date > :after THEN 1 ELSE 0 END AS one,
        CASE WHEN order_date <= :as_of AND order_date > :after
            THEN CAST(coalesce(order_value_account, 0) * 100 AS BIGINT) ELSE 0 END AS value,
        CASE WHEN order_date <= :before AND order_date > :before_after THEN order_date END AS last_before,
        CASE WHEN order_date <= :before AND order_date > :before_after THEN 1 ELSE 0 END AS one_before,
        CASE WHEN order_date <= :before AND order_date > :before_after
            THEN CAST(coalesce(order_value_account, 0) * 100 AS BIGINT) ELSE 0 END AS value_before
    FROM klaviyo_orders
    WHERE order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of AND order_date > :before_after
    UNION ALL
    SELECT
        d.customer_id, NULL, 0,
        CASE WHEN d.order_date <= :as_of AND d.order_date > :after THEN -CAST(d.amount * 100 AS BIGINT) ELSE 0 END,
        NULL, 0,
        CASE WHEN d.order_date <= :before AND d.order_date > :before_after THEN -CAST(d.amount * 100 AS BIGINT) ELSE 0 END
    FROM order_deductions AS d
    LEFT JOIN (SELECT order_id FROM klaviyo_orders WHERE order_status = 'cancelled' OR order_value <= 0) AS c ON c.order_id = d.order_id
    WHERE d.order_date <= :as_of AND d.order_date > :before_after AND c.order_id IS NULL
) AS moves
GROUP BY customer_id
HAVING sum(one) + sum(one_before) > 0
