-- purpose: rows of the warehouse that name an order which is not there; 0 where all are there
-- grain: one row a relationship, with one of the ids
SELECT 'order lines without their order' AS relationship, count(*) AS orphans, min(order_id) AS example
FROM klaviyo_order_line_items
WHERE (klaviyo_public_id, order_id) NOT IN (SELECT klaviyo_public_id, order_id FROM klaviyo_orders)
UNION ALL
SELECT 'attributions without their order' AS relationship, count(*) AS orphans, min(order_id) AS example
FROM order_attribution
WHERE (klaviyo_public_id, order_id) NOT IN (SELECT klaviyo_public_id, order_id FROM klaviyo_orders)
UNION ALL
SELECT 'deductions without their order' AS relationship, count(*) AS orphans, min(order_id) AS example
FROM order_deductions
WHERE (klaviyo_public_id, order_id) NOT IN (SELECT klaviyo_public_id, order_id FROM klaviyo_orders)
UNION ALL
SELECT 'refunds of unknown orders' AS relationship, count(*) AS orphans, min(original_order_id) AS example
FROM refund_cancelled_orders
WHERE (klaviyo_public_id, original_order_id) NOT IN (SELECT klaviyo_public_id, order_id FROM klaviyo_orders)
