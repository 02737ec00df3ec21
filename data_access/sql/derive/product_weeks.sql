-- purpose: sales of each product by week back from the as-of date, from `start` on
-- grain: one row a product and week in which it sold; week 0 ends the day before the as-of date; cents: account's currency
-- params: account String, as_of Date32, start Date32
SELECT
    coalesce(v.of_product, l.product_id) AS product_id,
    CAST(floor((date_diff('day', o.order_date, CAST(:as_of AS DATE)) - 1) / 7) AS INTEGER) AS week,
    CAST(coalesce(sum(CAST(l.line_total_account * 100 AS BIGINT)), 0) AS BIGINT) AS cents
FROM klaviyo_order_line_items AS l
JOIN klaviyo_orders AS o ON o.order_id = l.order_id
LEFT JOIN variant_products AS v ON v.line_product = l.product_id
WHERE l.klaviyo_public_id = :account AND o.klaviyo_public_id = :account
    AND o.order_status <> 'cancelled' AND o.order_value > 0
    AND o.order_date >= :start AND o.order_date < :as_of
    AND l.order_date >= :start AND l.order_date < :as_of
GROUP BY
    coalesce(v.of_product, l.product_id),
    CAST(floor((date_diff('day', o.order_date, CAST(:as_of AS DATE)) - 1) / 7) AS INTEGER)
