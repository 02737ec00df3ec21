-- purpose: refunds and cancellations booked in the period and the one compared with, by the day on which they came
-- grain: one row a span, day and kind of deduction
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool
-- reads: klaviyo_orders, order_deductions
WITH spanned AS (
    SELECT order_id, deduction_date, event_type, amount, arrayJoin(arrayConcat(
        if(deduction_date BETWEEN :start AND :end
            AND (:this_until IS NULL OR event_timestamp < :this_until), ['this'], []),
        if(deduction_date BETWEEN :compared_start AND :compared_end
            AND (:compared_until IS NULL OR event_timestamp < :compared_until), ['compared'], [])
    )) AS span
    FROM order_deductions
)
SELECT s.span AS span, s.deduction_date AS deduction_date, s.event_type AS event_type,
       CAST(sum(s.amount) AS DECIMAL(18, 2)) AS amount
FROM spanned AS s
JOIN klaviyo_orders AS o ON o.order_id = s.order_id
WHERE (:any_channel OR has(:channels, o.channel))
    AND (:any_country OR has(:countries, o.shipping_country))
    AND (NOT :first_orders OR o.is_first_order = 1)
    AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
    AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
GROUP BY s.span, s.deduction_date, s.event_type
