-- purpose: who bought each product how often, and lately
-- grain: one row a product; orders: those that hold it
-- params: account String, as_of Date32
WITH bought AS (
    SELECT
        coalesce(v.of_product, l.product_id) AS product, o.customer_id AS buyer, count(DISTINCT l.order_id) AS orders,
        max(CASE WHEN o.order_date < :as_of THEN o.order_date END) AS lately
    FROM klaviyo_order_line_items AS l
    JOIN klaviyo_orders AS o ON o.order_id = l.order_id
    LEFT JOIN variant_products AS v ON v.line_product = l.product_id
    WHERE l.klaviyo_public_id = :account AND o.klaviyo_public_id = :account
        AND o.order_status <> 'cancelled' AND o.order_value > 0 AND o.order_date <= :as_of
    GROUP BY coalesce(v.of_product, l.product_id), o.customer_id
)
SELECT
    product AS product_id, CAST(sum(orders) AS BIGINT) AS orders, count(*) AS customers,
    CAST(sum(CASE WHEN orders > 1 THEN 1 ELSE 0 END) AS BIGINT) AS repeat_customers,
    CAST(sum(CASE WHEN lately >= CAST(:as_of AS DATE) - INTERVAL 30 DAY THEN 1 ELSE 0 END) AS BIGINT) AS customers_30d,
    CAST(sum(CASE WHEN lately >= CAST(:as_of AS DATE) - INTERVAL 60 DAY THEN 1 ELSE 0 END) AS BIGINT) AS customers_60d,
    CAST(sum(CASE WHEN lately >= CAST(:as_of AS DATE) - INTERVAL 90 DAY THEN 1 ELSE 0 END) AS BIGINT) AS customers_90d
FROM bought
GROUP BY product
ORDER BY product
