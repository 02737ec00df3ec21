-- purpose: what all customers bought; a category is the product type, else the first collection
-- grain: one row a line of a counted order
-- params: account String
CREATE OR REPLACE TEMPORARY TABLE bought_lines ENGINE = Memory AS
SELECT
    o.customer_id AS customer_id, toLowCardinality(l.product_id) AS product_id,
    toLowCardinality(if(l.product_type <> '', l.product_type, if(notEmpty(l.collections), l.collections[1], '')))
        AS category,
    toLowCardinality(l.product_brand) AS brand,
    toInt64(coalesce(l.line_total_account, 0) * 100) AS cents
FROM klaviyo_order_line_items AS l
JOIN counted_orders AS o ON o.order_id = l.order_id
WHERE l.klaviyo_public_id = :account
