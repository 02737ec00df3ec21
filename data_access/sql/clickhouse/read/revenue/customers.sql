-- purpose: distinct customers with an order that counts, over the whole period and by bucket of its series
-- grain: one row a span (bucket NULL), and one a bucket of the period itself
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), grain String
-- params: , first_weekday Int32, channels Array(String), countries Array(String), any_channel Bool, any_country Bool
-- params: , first_orders Bool, repeat_orders Bool, uncounted Bool
-- reads: klaviyo_orders
WITH counted AS (
    SELECT
        arrayJoin(arrayConcat(
            if(o.order_date BETWEEN :start AND :end
                AND (:this_until IS NULL OR o.order_timestamp < :this_until), ['this'], []),
            if(o.order_date BETWEEN :compared_start AND :compared_end
                AND (:compared_until IS NULL OR o.order_timestamp < :compared_until), ['compared'], [])
        )) AS span,
        CASE :grain
            WHEN 'day' THEN o.order_date
            WHEN 'month' THEN toStartOfMonth(o.order_date)
            ELSE o.order_date - (toDayOfWeek(o.order_date) - :first_weekday + 7) % 7
        END AS bucket,
        o.customer_id AS customer_id
    FROM klaviyo_orders AS o
    WHERE (o.order_date BETWEEN :start AND :end OR o.order_date BETWEEN :compared_start AND :compared_end)
        AND o.order_status <> 'cancelled'
        AND o.order_value > 0
        AND (:any_channel OR has(:channels, o.channel))
        AND (:any_country OR has(:countries, o.shipping_country))
        AND (NOT :first_orders OR o.is_first_order = 1)
        AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
        AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
)
SELECT span, CAST(NULL AS Nullable(Date32)) AS bucket, count(DISTINCT customer_id) AS customers
FROM counted
GROUP BY span
UNION ALL
SELECT span, bucket, count(DISTINCT customer_id)
FROM counted
WHERE span = 'this'
GROUP BY span, bucket
