-- purpose: refunds and cancellations booked in the period and the one compared with, by the day on which they came
-- grain: one row a span, day and kind of deduction
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool
-- reads: klaviyo_orders, order_deductions
WITH spans AS (
    SELECT 'this' AS span, CAST(:start AS DATE) AS first_day, CAST(:end AS DATE) AS last_day,
           CAST(:this_until AS TIMESTAMPTZ) AS until
    UNION ALL
    SELECT 'compared', CAST(:compared_start AS DATE), CAST(:compared_end AS DATE), CAST(:compared_until AS TIMESTAMPTZ)
    WHERE :compared_start IS NOT NULL
)
SELECT s.span, d.deduction_date, d.event_type, sum(d.amount) AS amount
FROM order_deductions AS d
JOIN spans AS s
    ON d.deduction_date BETWEEN s.first_day AND s.last_day
    AND (s.until IS NULL OR d.event_timestamp < s.until)
JOIN klaviyo_orders AS o ON o.order_id = d.order_id
WHERE (:any_channel OR o.channel = ANY (CAST(:channels AS VARCHAR[])))
    AND (:any_country OR o.shipping_country = ANY (CAST(:countries AS VARCHAR[])))
    AND (NOT :first_orders OR o.is_first_order = 1)
    AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
    AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
GROUP BY s.span, d.deduction_date, d.event_type
