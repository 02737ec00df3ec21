-- purpose: all products of orders that count, numbered by their ids, with the name and category of their latest line
-- grain: one row a product, in numbered_products (a temporary table)
-- params: account String, as_of Date32
CREATE OR REPLACE TEMPORARY TABLE numbered_products ENGINE = Memory AS
WITH counted AS (
    SELECT order_id, order_timestamp
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
),
lines AS (
    -- Orders and lines stand in the order of their ids: merged, neither side is held in memory.
    SELECT
        l.product_id AS product_id, l.product_name AS product_name, l.order_id AS order_id,
        if(l.product_type <> '', l.product_type, coalesce(l.collections[1], '')) AS category,
        l.line_item_id AS line_item_id, o.order_timestamp AS order_timestamp
    FROM klaviyo_order_line_items AS l
    JOIN counted AS o ON o.order_id = l.order_id
    WHERE l.klaviyo_public_id = :account
    SETTINGS join_algorithm = 'full_sorting_merge'
),
latest AS (
    SELECT
        coalesce(v.of_product, l.product_id) AS product,
        argMax(
            (l.product_name, l.category, l.order_timestamp, l.order_id),
            (l.order_timestamp, l.order_id, l.line_item_id)
        ) AS line
    FROM lines AS l
    LEFT JOIN variant_products AS v ON v.line_product = l.product_id
    GROUP BY product
)
SELECT
    product AS product_id, toInt32(row_number() OVER (ORDER BY product) - 1) AS code, line.1 AS product_name,
    line.2 AS category, line.3 AS named_at, line.4 AS named_by
FROM latest
