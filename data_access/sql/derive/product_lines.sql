-- purpose: all lines of some products in orders that count
-- grain: one row a line
-- params: account String, as_of Date32
SELECT
    l.order_id AS order_id, o.order_date AS order_date, o.order_timestamp AS order_timestamp,
    l.line_item_id AS line_item_id, coalesce(v.of_product, l.product_id) AS product_id,
    l.product_name AS product_name,
    CASE WHEN l.product_type <> '' THEN l.product_type ELSE coalesce(l.collections[1], '') END AS category
FROM klaviyo_order_line_items AS l
JOIN klaviyo_orders AS o ON o.order_id = l.order_id
LEFT JOIN variant_products AS v ON v.line_product = l.product_id
WHERE l.klaviyo_public_id = :account AND o.klaviyo_public_id = :account
    AND coalesce(v.of_product, l.product_id) IN (SELECT product_id FROM looked_for)
    AND o.order_status <> 'cancelled' AND o.order_value > 0 AND o.order_date <= :as_of
