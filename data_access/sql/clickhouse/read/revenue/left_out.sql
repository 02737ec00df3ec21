-- purpose: what the revenue page must say about its figures: what has no rate, young orders, length of history, rejects
-- grain: one row a kind and, where the kind has one, currency; of these orders: 'unpriced' (a currency without a rate)
-- grain: and 'immature' (young ones); 'unconverted': refunds without a rate that are deducted nowhere; 'rejected': events
-- grain: that became no row; 'rejected_lines': product lines that became none; 'history': all orders, and the first day
-- params: start Date32, end Date32, start_at DateTime64(6), end_at DateTime64(6), this_until Nullable(DateTime64(6))
-- params: , young_from Nullable(Date32), channels Array(String), countries Array(String)
-- params: , any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool, uncounted Bool
-- reads: klaviyo_orders, refund_cancelled_orders, order_deductions, projection_rejects
WITH chosen AS (
    SELECT o.order_id, o.order_date, o.order_timestamp, o.currency, o.order_value_account
    FROM klaviyo_orders AS o
    WHERE (:any_channel OR has(:channels, o.channel))
        AND (:any_country OR has(:countries, o.shipping_country))
        AND (NOT :first_orders OR o.is_first_order = 1)
        AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
        AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
),
shown AS (
    SELECT *
    FROM chosen
    WHERE order_date BETWEEN :start AND :end AND (:this_until IS NULL OR order_timestamp < :this_until)
),
foreign_refunds AS (
    -- A refund of a known order deducts something as long as the order has something left: where it did not, its amount
    -- could not be converted.
    SELECT
        f.event_id AS event_id, f.refund_currency AS refund_currency, max(o.order_value_account) AS order_value,
        coalesce(CAST(sum(CASE
            WHEN b.event_timestamp < f.event_timestamp
                OR (b.event_timestamp = f.event_timestamp AND b.event_id < f.event_id) THEN b.amount
        END) AS DECIMAL(18, 2)), 0) AS before
    FROM refund_cancelled_orders AS f
    JOIN chosen AS o ON o.order_id = f.original_order_id
    LEFT JOIN order_deductions AS d ON d.event_id = f.event_id
    LEFT JOIN order_deductions AS b ON b.order_id = f.original_order_id
    WHERE f.event_type = 'refund'
        AND f.refund_amount > 0
        AND d.event_id IS NULL
        AND ((f.event_timestamp >= :start_at AND f.event_timestamp < :end_at)
            OR f.original_order_id IN (SELECT order_id FROM shown))
    GROUP BY f.event_id, f.refund_currency
),
rejects AS (
    SELECT r.event_id AS event_id, CASE WHEN o.event_id IS NULL THEN 0 ELSE 1 END AS is_kept
    FROM projection_rejects AS r
    LEFT JOIN klaviyo_orders AS o ON o.event_id = r.event_id
    WHERE r.event_timestamp >= :start_at AND r.event_timestamp < :end_at
)
SELECT 'unpriced' AS kind, currency AS key, count(*) AS amount, CAST(NULL AS Nullable(Date32)) AS day
FROM shown
WHERE order_value_account IS NULL
GROUP BY currency
UNION ALL
SELECT 'immature', '', count(*), CAST(NULL AS Nullable(Date32))
FROM shown
WHERE order_date >= :young_from
UNION ALL
SELECT 'unconverted', refund_currency, count(*), CAST(NULL AS Nullable(Date32))
FROM foreign_refunds
WHERE order_value > before
GROUP BY refund_currency
UNION ALL
SELECT 'rejected', '', count(DISTINCT event_id), CAST(NULL AS Nullable(Date32))
FROM rejects
WHERE is_kept = 0
UNION ALL
SELECT 'rejected_lines', '', count(*), CAST(NULL AS Nullable(Date32))
FROM rejects
WHERE is_kept = 1
UNION ALL
SELECT 'history', '', count(*), min(order_date)
FROM klaviyo_orders
