-- purpose: what was bought in orders that one campaign or flow won; cancelled orders and those of no value out
-- grain: one row a product, most sales first
-- params: kind String, source String, start Date32, end Date32, most Int32
-- reads: klaviyo_orders, klaviyo_order_line_items, order_attribution
SELECT
    l.product_id AS product_id, max(l.product_name) AS name,
    CAST(sum(l.quantity) AS BIGINT) AS units, count(DISTINCT o.order_id) AS orders,
    count(DISTINCT o.customer_id) AS customers,
    coalesce(CAST(sum(l.line_total_account) AS DECIMAL(18, 2)), CAST(0 AS DECIMAL(18, 2))) AS sales
FROM order_attribution AS a
JOIN klaviyo_orders AS o ON o.order_id = a.order_id
JOIN klaviyo_order_line_items AS l ON l.order_id = o.order_id
WHERE a.source_type = :kind
    AND CASE a.source_type WHEN 'flow' THEN a.flow_id ELSE a.campaign_id END = :source
    AND o.order_date BETWEEN :start AND :end
    AND o.order_status <> 'cancelled' AND o.order_value > 0
GROUP BY l.product_id
ORDER BY sales DESC, product_id
LIMIT :most
