-- purpose: which extracted orders stand (an order told twice: its latest event, ties by the greater id), in both currencies
-- grain: one row an order that is new or replaces what is there
-- params: account String
WITH latest AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.order_id ORDER BY i.order_timestamp DESC, i.event_id DESC) AS place
    FROM incoming_orders AS i
    WHERE i.reason IS NULL
),
known AS (
    SELECT order_id, order_timestamp, event_id
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM incoming_orders)
)
SELECT
    l.*,
    if(l.order_value < 0, -1, 1) * promolens_money(promolens_at_rate(toInt64(abs(l.order_value) * 100), r.numerator, r.denominator))
        AS order_value_account,
    if(l.discount_amount < 0, -1, 1) * promolens_money(promolens_at_rate(toInt64(abs(l.discount_amount) * 100), r.numerator, r.denominator))
        AS discount_amount_account,
    r.numerator AS numerator,
    r.denominator AS denominator
FROM latest AS l
LEFT JOIN known AS k ON k.order_id = l.order_id
LEFT JOIN account_rates AS r
    ON r.currency = l.currency AND l.order_date >= r.valid_from AND l.order_date < r.valid_to
WHERE l.place = 1
    AND (
        k.order_id IS NULL
        OR l.order_timestamp > k.order_timestamp
        OR (l.order_timestamp = k.order_timestamp AND l.event_id >= k.event_id)
    )
