-- purpose: who bought what one campaign or flow won; cancelled orders and those of no value out
-- grain: one row a customer, the most revenue first; customer_email NULL where there is none
-- params: kind String, source String, start Date32, end Date32, most Int32
-- reads: klaviyo_orders, order_attribution
SELECT
    o.customer_id AS customer_id,
    max(CASE WHEN o.customer_email LIKE '%@%' THEN o.customer_email END) AS customer_email,
    count(*) AS orders,
    coalesce(CAST(sum(o.order_value_account) AS DECIMAL(18, 2)), CAST(0 AS DECIMAL(18, 2))) AS gross_revenue,
    max(CASE WHEN o.is_first_order = 1 THEN 1 ELSE 0 END) AS first_time
FROM order_attribution AS a
JOIN klaviyo_orders AS o ON o.order_id = a.order_id
WHERE a.source_type = :kind
    AND CASE a.source_type WHEN 'flow' THEN a.flow_id ELSE a.campaign_id END = :source
    AND o.order_date BETWEEN :start AND :end
    AND o.order_status <> 'cancelled' AND o.order_value > 0
GROUP BY o.customer_id
ORDER BY gross_revenue DESC, customer_id
LIMIT :most
