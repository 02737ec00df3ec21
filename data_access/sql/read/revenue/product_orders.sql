-- purpose: the period's orders that hold one product, newest first; cancelled orders out
-- grain: one row an order; units and sales are those of the product in it
-- params: product String, most Int32, start Date32, end Date32, this_until Nullable(DateTime64(6)), channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool
-- reads: klaviyo_orders, klaviyo_order_line_items, order_attribution
WITH held AS (
    SELECT order_id, sum(quantity) AS units, sum(line_total_account) AS sales
    FROM klaviyo_order_line_items
    WHERE product_id = :product AND order_date BETWEEN :start AND :end
    GROUP BY order_id
)
SELECT
    o.order_id,
    o.order_timestamp,
    h.units,
    CAST(h.sales AS DECIMAL(18, 2)) AS product_sales,
    o.order_value_account AS order_value,
    o.is_first_order,
    o.channel,
    o.shipping_country,
    coalesce(a.source_type, 'none') AS won_by,
    coalesce(a.channel, 'none') AS won_through
FROM held AS h
JOIN klaviyo_orders AS o ON o.order_id = h.order_id
LEFT JOIN order_attribution AS a ON a.order_id = o.order_id
WHERE o.order_date BETWEEN :start AND :end
    AND (CAST(:this_until AS TIMESTAMPTZ) IS NULL OR o.order_timestamp < CAST(:this_until AS TIMESTAMPTZ))
    AND o.order_status <> 'cancelled'
    AND o.order_value > 0
    AND (:any_channel OR o.channel = ANY (CAST(:channels AS VARCHAR[])))
    AND (:any_country OR o.shipping_country = ANY (CAST(:countries AS VARCHAR[])))
    AND (NOT :first_orders OR o.is_first_order = 1)
    AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
    AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
ORDER BY o.order_timestamp DESC, o.order_id
LIMIT :most
