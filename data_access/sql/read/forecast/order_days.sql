-- purpose: what store orders brought by day and the channel that won them: gross revenue, orders, pieces
-- grain: one row a day and channel ('none' where nothing won); revenue as in fact_revenue; orders with a value above 0,
-- grain: cancelled ones included; units of orders that are not cancelled
-- params: through Date32
-- reads: klaviyo_orders, klaviyo_order_line_items, order_attribution
WITH pieces AS (
    SELECT l.order_id AS order_id, sum(l.quantity) AS units FROM klaviyo_order_line_items AS l GROUP BY l.order_id
)
SELECT
    o.order_date AS day, coalesce(a.channel, 'none') AS channel,
    CAST(coalesce(CAST(sum(o.order_value_account) AS DECIMAL(18, 2)), 0) AS DECIMAL(18, 2)) AS revenue,
    CAST(sum(CASE WHEN o.order_value > 0 THEN 1 ELSE 0 END) AS BIGINT) AS orders,
    CAST(coalesce(sum(CASE WHEN o.order_status <> 'cancelled' THEN p.units ELSE 0 END), 0) AS BIGINT) AS units
FROM klaviyo_orders AS o
LEFT JOIN order_attribution AS a ON a.order_id = o.order_id
LEFT JOIN pieces AS p ON p.order_id = o.order_id
WHERE o.order_date <= :through
GROUP BY o.order_date, coalesce(a.channel, 'none')
ORDER BY o.order_date, coalesce(a.channel, 'none')
