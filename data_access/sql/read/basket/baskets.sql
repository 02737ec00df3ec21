-- purpose: baskets of some days, and of the customers of some segments
-- grain: one row an order with lines
-- params: start Nullable(Date32), end Nullable(Date32), segments Array(String), any_segment Bool
-- reads: order_baskets, klaviyo_orders, customer_profiles
SELECT b.order_date AS order_date, b.products AS products
FROM order_baskets AS b
WHERE (CAST(:start AS DATE) IS NULL OR b.order_date >= CAST(:start AS DATE))
    AND (CAST(:end AS DATE) IS NULL OR b.order_date <= CAST(:end AS DATE))
    AND (:any_segment OR b.order_id IN (
        SELECT o.order_id
        FROM klaviyo_orders AS o
        JOIN customer_profiles AS c ON c.customer_id = o.customer_id
        WHERE c.rfm_segment = ANY (CAST(:segments AS VARCHAR[]))
            AND (CAST(:start AS DATE) IS NULL OR o.order_date >= CAST(:start AS DATE))
            AND (CAST(:end AS DATE) IS NULL OR o.order_date <= CAST(:end AS DATE))
    ))
ORDER BY b.order_date, b.order_id
