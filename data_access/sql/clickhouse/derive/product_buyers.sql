-- purpose: who bought each product how often, and lately
-- grain: one row a product; orders: those that hold it
-- params: account String, as_of Date32
WITH
(
    SELECT (groupArray(assumeNotNull(line_product)), groupArray(assumeNotNull(of_product)))
    FROM (SELECT line_product, of_product FROM variant_products UNION ALL SELECT '', '')
) AS variants,
-- Orders and lines stand in the order of their ids: grouped and merged as they are read, neither is held in memory.
baskets AS (
    SELECT
        o.customer_id AS buyer, o.order_date AS day,
        arrayDistinct(arrayMap(product -> transform(product, variants.1, variants.2, product), l.products)) AS products
    FROM (
        SELECT order_id, groupArray(product_id) AS products
        FROM klaviyo_order_line_items
        WHERE klaviyo_public_id = :account
        GROUP BY order_id
        SETTINGS optimize_aggregation_in_order = 1
    ) AS l
    JOIN (
        SELECT order_id, customer_id, order_date
        FROM klaviyo_orders
        WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
    ) AS o ON o.order_id = l.order_id
    SETTINGS join_algorithm = 'full_sorting_merge'
),
bought AS (
    SELECT product, buyer, count() AS orders, max(if(day < :as_of, day, NULL)) AS lately
    FROM baskets
    ARRAY JOIN products AS product
    GROUP BY product, buyer
)
SELECT
    product AS product_id, toInt64(sum(orders)) AS orders, toInt64(count()) AS customers,
    toInt64(countIf(orders > 1)) AS repeat_customers,
    toInt64(countIf(lately >= toDate32(:as_of) - INTERVAL 30 DAY)) AS customers_30d,
    toInt64(countIf(lately >= toDate32(:as_of) - INTERVAL 60 DAY)) AS customers_60d,
    toInt64(countIf(lately >= toDate32(:as_of) - INTERVAL 90 DAY)) AS customers_90d
FROM bought
GROUP BY product
ORDER BY product
