-- purpose: the baskets of all orders that count, anew; those that are none any more go
-- grain: one row an order with lines
-- params: account String, as_of Date32, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE baskets_before ENGINE = Memory AS
SELECT max(updated_at) AS newest FROM order_baskets WHERE klaviyo_public_id = :account
-- @next
INSERT INTO order_baskets (klaviyo_public_id, order_id, order_date, products, updated_at, is_deleted)
-- Orders and lines stand in the order of their ids: grouped and merged as they are read, neither is held in memory.
WITH (
    SELECT (groupArray(assumeNotNull(product)), groupArray(assumeNotNull(code)))
    FROM (
        SELECT product_id AS product, code FROM numbered_products
        WHERE product_id NOT IN (SELECT line_product FROM variant_products)
        UNION ALL
        SELECT v.line_product, p.code FROM variant_products AS v JOIN numbered_products AS p ON p.product_id = v.of_product
    )
) AS codes
SELECT
    :account, l.order_id, o.order_date,
    arraySort(arrayDistinct(arrayMap(product -> transform(product, codes.1, codes.2, toInt32(-1)), l.products))),
    :row_version, 0
FROM (
    SELECT order_id, groupArray(product_id) AS products
    FROM klaviyo_order_line_items
    WHERE klaviyo_public_id = :account
    GROUP BY order_id
    SETTINGS optimize_aggregation_in_order = 1
) AS l
JOIN (
    SELECT order_id, order_date FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
) AS o ON o.order_id = l.order_id
SETTINGS join_algorithm = 'full_sorting_merge'
-- @next
INSERT INTO order_baskets (klaviyo_public_id, order_id, order_date, products, updated_at, is_deleted)
SELECT :account, order_id, order_date, products, :row_version, 1
FROM order_baskets
WHERE klaviyo_public_id = :account AND updated_at <= (SELECT newest FROM baskets_before)
