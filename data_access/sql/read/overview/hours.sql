-- purpose: what the hours of whole days brought: gross revenue of orders above 0 by the hour of UTC that they fell in
-- grain: one row an hour with such an order
-- params: since Date32, end Date32
-- reads: klaviyo_orders
SELECT
    date_trunc('hour', order_timestamp) AS hour, count(*) AS orders,
    CAST(sum(order_value_account) AS DECIMAL(18, 2)) AS amount
FROM klaviyo_orders
WHERE order_date BETWEEN :since AND :end AND order_value_account > 0
GROUP BY date_trunc('hour', order_timestamp)
