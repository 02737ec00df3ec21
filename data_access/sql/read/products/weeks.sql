-- purpose: sales of leading, new and fading products by week back from the as-of date, thirteen of them; cancelled orders out
-- grain: one row a product and week in which it sold; week 0 ends the day before the as-of date
-- grain: a variant has rows of its own, under the name that its lines have
-- params: as_of Date32, start Date32, start_90d Date32, leading Int64, variants Array(String)
-- reads: klaviyo_orders, klaviyo_order_line_items, products_master
SELECT
    l.product_id AS product_id,
    CAST(floor((date_diff('day', o.order_date, CAST(:as_of AS DATE)) - 1) / 7) AS INTEGER) AS week,
    coalesce(CAST(sum(l.line_total_account) AS DECIMAL(18, 2)), CAST(0 AS DECIMAL(18, 2))) AS sales,
    coalesce(
        CAST(sum(CASE WHEN o.order_date >= :start_90d THEN l.line_total_account END) AS DECIMAL(18, 2)),
        CAST(0 AS DECIMAL(18, 2))
    ) AS sales_90d
FROM klaviyo_order_line_items AS l
JOIN klaviyo_orders AS o ON o.order_id = l.order_id
WHERE o.order_status <> 'cancelled' AND o.order_value > 0
    AND o.order_date >= :start AND o.order_date < :as_of
    AND l.order_date >= :start AND l.order_date < :as_of
    AND (
        l.product_id IN (
            SELECT product_id FROM products_master
            WHERE revenue_rank <= :leading OR days_on_market <= 30 OR velocity_score < 0.5
        )
        OR l.product_id = ANY (CAST(:variants AS VARCHAR[]))
    )
GROUP BY l.product_id, CAST(floor((date_diff('day', o.order_date, CAST(:as_of AS DATE)) - 1) / 7) AS INTEGER)
