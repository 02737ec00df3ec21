-- purpose: what one product sold, by day, in the period and in the one compared with; cancelled orders out
-- grain: one row a span and day on which it sold
-- params: product String, start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool
-- reads: klaviyo_orders, klaviyo_order_line_items
WITH spans AS (
    SELECT 'this' AS span, CAST(:start AS DATE) AS first_day, CAST(:end AS DATE) AS last_day,
           CAST(:this_until AS TIMESTAMPTZ) AS until
    UNION ALL
    SELECT 'compared', CAST(:compared_start AS DATE), CAST(:compared_end AS DATE), CAST(:compared_until AS TIMESTAMPTZ)
    WHERE :compared_start IS NOT NULL
)
SELECT
    s.span, o.order_date, max(l.product_name) AS product_name, max(l.product_brand) AS product_brand,
    CAST(coalesce(sum(l.line_total_account), 0) AS DECIMAL(18, 2)) AS sales,
    sum(l.quantity) AS units,
    count(DISTINCT o.order_id) AS orders
FROM klaviyo_order_line_items AS l
JOIN klaviyo_orders AS o ON o.order_id = l.order_id
JOIN spans AS s
    ON o.order_date BETWEEN s.first_day AND s.last_day
    AND (s.until IS NULL OR o.order_timestamp < s.until)
WHERE l.product_id = :product
    AND o.order_status <> 'cancelled'
    AND o.order_value > 0
    AND (:any_channel OR o.channel = ANY (CAST(:channels AS VARCHAR[])))
    AND (:any_country OR o.shipping_country = ANY (CAST(:countries AS VARCHAR[])))
    AND (NOT :first_orders OR o.is_first_order = 1)
    AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
    AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
GROUP BY s.span, o.order_date
