-- purpose: what one product sold, by day, in the period and in the one compared with; cancelled orders out
-- grain: one row a span and day on which it sold
-- params: product String, start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool
-- reads: klaviyo_orders, klaviyo_order_line_items
WITH told AS (
    SELECT
        arrayJoin(arrayConcat(
            if(o.order_date BETWEEN :start AND :end
                AND (:this_until IS NULL OR o.order_timestamp < :this_until), ['this'], []),
            if(o.order_date BETWEEN :compared_start AND :compared_end
                AND (:compared_until IS NULL OR o.order_timestamp < :compared_until), ['compared'], [])
        )) AS span,
        o.order_date AS order_date, o.order_id AS order_id, l.product_name AS product_name,
        l.product_brand AS product_brand, l.line_total_account AS line_total_account, l.quantity AS quantity
    FROM klaviyo_order_line_items AS l
    JOIN klaviyo_orders AS o ON o.order_id = l.order_id
    WHERE l.product_id = :product
        AND (l.order_date BETWEEN :start AND :end OR l.order_date BETWEEN :compared_start AND :compared_end)
        AND (o.order_date BETWEEN :start AND :end OR o.order_date BETWEEN :compared_start AND :compared_end)
        AND o.order_status <> 'cancelled'
        AND o.order_value > 0
        AND (:any_channel OR has(:channels, o.channel))
        AND (:any_country OR has(:countries, o.shipping_country))
        AND (NOT :first_orders OR o.is_first_order = 1)
        AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
        AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
)
SELECT
    span, order_date, max(product_name) AS product_name, max(product_brand) AS product_brand,
    coalesce(CAST(sum(line_total_account) AS DECIMAL(18, 2)), 0) AS sales,
    sum(quantity) AS units,
    count(DISTINCT order_id) AS orders
FROM told
GROUP BY span, order_date
