-- purpose: what customers bought in some days and in as many before: revenue less all that was ever taken off those orders
-- grain: one row a customer with an order in those days; orders are those that count; unpriced: orders without a rate
-- params: account String, before_start Date32, start Date32, end Date32
WITH deducted AS (
    SELECT order_id, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
    FROM order_deductions
    WHERE klaviyo_public_id = :account AND order_date BETWEEN :before_start AND :end
    GROUP BY order_id
),
net AS (
    SELECT
        o.customer_id AS customer_id,
        CASE WHEN o.order_date >= :start THEN 1 ELSE 0 END AS is_after,
        CASE WHEN o.order_status <> 'cancelled' AND o.order_value > 0 THEN 1 ELSE 0 END AS counts,
        CASE WHEN o.order_value_account IS NULL THEN 1 ELSE 0 END AS unpriced,
        o.order_value_account - coalesce(d.amount, CAST(0 AS DECIMAL(18, 2))) AS kept
    FROM klaviyo_orders AS o
    LEFT JOIN deducted AS d ON d.order_id = o.order_id
    WHERE o.klaviyo_public_id = :account AND o.order_date BETWEEN :before_start AND :end
)
SELECT
    customer_id AS customer_id,
    CAST(coalesce(sum(CASE WHEN is_after = 1 THEN kept END), CAST(0 AS DECIMAL(18, 2))) AS DECIMAL(18, 2)) AS revenue,
    CAST(coalesce(sum(CASE WHEN is_after = 0 THEN kept END), CAST(0 AS DECIMAL(18, 2))) AS DECIMAL(18, 2)) AS revenue_before,
    CAST(sum(is_after * counts) AS BIGINT) AS orders,
    CAST(sum((1 - is_after) * counts) AS BIGINT) AS orders_before,
    CAST(sum(is_after * unpriced) AS BIGINT) AS unpriced
FROM net
GROUP BY customer_id
