-- purpose: all products of orders that count, numbered by their ids, with the name and category of their latest line
-- grain: one row a product, in numbered_products (a temporary table)
-- params: account String, as_of Date
CREATE OR REPLACE TEMP TABLE numbered_products AS
WITH counted AS (
    SELECT order_id, order_timestamp
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
),
latest AS (
    SELECT
        coalesce(v.of_product, l.product_id) AS product_id,
        arg_max(
            {
                'name': l.product_name, 'at': o.order_timestamp, 'order_id': l.order_id,
                'category': CASE WHEN l.product_type <> '' THEN l.product_type ELSE coalesce(l.collections[1], '') END
            },
            {'at': o.order_timestamp, 'order_id': l.order_id, 'line': l.line_item_id}
        ) AS line
    FROM klaviyo_order_line_items AS l
    JOIN counted AS o ON o.order_id = l.order_id
    LEFT JOIN variant_products AS v ON v.line_product = l.product_id
    WHERE l.klaviyo_public_id = :account
    GROUP BY ALL
)
SELECT
    product_id, CAST(row_number() OVER (ORDER BY product_id) - 1 AS INTEGER) AS code, line.name AS product_name,
    line.category AS category, line.at AS named_at, line.order_id AS named_by
FROM latest
