-- purpose: who bought what one campaign or flow won; cancelled orders and those of no value out
-- grain: one row
-- params: kind String, source String, start Date32, end Date32
-- reads: klaviyo_orders, order_attribution
SELECT
    count(DISTINCT o.customer_id) AS customers,
    count(DISTINCT CASE WHEN o.is_first_order = 1 THEN o.customer_id END) AS new_customers,
    count(*) AS orders
FROM order_attribution AS a
JOIN klaviyo_orders AS o ON o.order_id = a.order_id
WHERE a.source_type = :kind
    AND CASE a.source_type WHEN 'flow' THEN a.flow_id ELSE a.campaign_id END = :source
    AND o.order_date BETWEEN :start AND :end
    AND o.order_status <> 'cancelled' AND o.order_value > 0
