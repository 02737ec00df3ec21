-- purpose: distinct customers with an order that counts, over the whole period and by bucket of its series
-- grain: one row a span (bucket NULL), and one a bucket of the period itself
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), grain String
-- params: , first_weekday Int32, channels Array(String), countries Array(String), any_channel Bool, any_country Bool
-- params: , first_orders Bool, repeat_orders Bool, uncounted Bool
-- reads: klaviyo_orders
WITH spans AS (
    SELECT 'this' AS span, CAST(:start AS DATE) AS first_day, CAST(:end AS DATE) AS last_day,
           CAST(:this_until AS TIMESTAMPTZ) AS until
    UNION ALL
    SELECT 'compared', CAST(:compared_start AS DATE), CAST(:compared_end AS DATE), CAST(:compared_until AS TIMESTAMPTZ)
    WHERE :compared_start IS NOT NULL
),
counted AS (
    SELECT
        s.span,
        CASE :grain
            WHEN 'day' THEN o.order_date
            WHEN 'month' THEN CAST(date_trunc('month', o.order_date) AS DATE)
            ELSE o.order_date - CAST((date_part('isodow', o.order_date) - :first_weekday + 7) % 7 AS INTEGER)
        END AS bucket,
        o.customer_id
    FROM klaviyo_orders AS o
    JOIN spans AS s
        ON o.order_date BETWEEN s.first_day AND s.last_day
        AND (s.until IS NULL OR o.order_timestamp < s.until)
    WHERE o.order_status <> 'cancelled'
        AND o.order_value > 0
        AND (:any_channel OR o.channel = ANY (CAST(:channels AS VARCHAR[])))
        AND (:any_country OR o.shipping_country = ANY (CAST(:countries AS VARCHAR[])))
        AND (NOT :first_orders OR o.is_first_order = 1)
        AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
        AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
)
SELECT span, CAST(NULL AS DATE) AS bucket, count(DISTINCT customer_id) AS customers
FROM counted
GROUP BY span
UNION ALL
SELECT span, bucket, count(DISTINCT customer_id)
FROM counted
WHERE span = 'this'
GROUP BY span, bucket
