-- purpose: orders that one campaign or flow won, by order date
-- grain: one row a day
-- params: kind String, source String, start Date32, end Date32
-- reads: klaviyo_orders, order_attribution
SELECT
    o.order_date AS ordered_on,
    sum(CASE WHEN o.order_value > 0 THEN 1 ELSE 0 END) AS orders,
    coalesce(CAST(sum(o.order_value_account) AS DECIMAL(18, 2)), CAST(0 AS DECIMAL(18, 2))) AS gross
FROM order_attribution AS a
JOIN klaviyo_orders AS o ON o.order_id = a.order_id
WHERE a.source_type = :kind
    AND CASE a.source_type WHEN 'flow' THEN a.flow_id ELSE a.campaign_id END = :source
    AND o.order_date BETWEEN :start AND :end
GROUP BY o.order_date
ORDER BY ordered_on
