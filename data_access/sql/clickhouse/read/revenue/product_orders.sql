-- purpose: the period's orders that hold one product, newest first; cancelled orders out
-- grain: one row an order; units and sales are those of the product in it
-- params: product String, most Int32, start Date32, end Date32, this_until Nullable(DateTime64(6)), channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool
-- reads: klaviyo_orders, klaviyo_order_line_items, order_attribution
WITH held AS (
    SELECT order_id, sum(quantity) AS units, CAST(sum(line_total_account) AS DECIMAL(18, 2)) AS sales
    FROM klaviyo_order_line_items
    WHERE product_id = :product AND order_date BETWEEN :start AND :end
    GROUP BY order_id
)
SELECT
    o.order_id AS order_id,
    o.order_timestamp AS order_timestamp,
    h.units AS units,
    h.sales AS product_sales,
    o.order_value_account AS order_value,
    o.is_first_order AS is_first_order,
    o.channel AS channel,
    o.shipping_country AS shipping_country,
    coalesce(a.source_type, 'none') AS won_by,
    coalesce(a.channel, 'none') AS won_through
FROM held AS h
JOIN klaviyo_orders AS o ON o.order_id = h.order_id
LEFT JOIN order_attribution AS a ON a.order_id = o.order_id
WHERE o.order_date BETWEEN :start AND :end
    AND (:this_until IS NULL OR o.order_timestamp < :this_until)
    AND o.order_status <> 'cancelled'
    AND o.order_value > 0
    AND (:any_channel OR has(:channels, o.channel))
    AND (:any_country OR has(:countries, o.shipping_country))
    AND (NOT :first_orders OR o.is_first_order = 1)
    AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
    AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
ORDER BY o.order_timestamp DESC, o.order_id
LIMIT :most
