-- purpose: which extracted orders stand (an order told twice: its latest event, ties by the greater id), in both currencies
-- grain: one row an order that is new or replaces what is there
-- params: account String
WITH latest AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.order_id ORDER BY i.order_timestamp DESC, i.event_id DESC) AS place
    FROM incoming_orders AS i
    WHERE i.reason IS NULL
)
SELECT
    l.*,
    CASE WHEN l.order_value < 0 THEN -1 ELSE 1 END
        * CAST(TRY_CAST((2 * CAST(abs(l.order_value) * 100 AS HUGEINT) * r.numerator + r.denominator) // (2 * r.denominator)
               AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2)) AS order_value_account,
    CASE WHEN l.discount_amount < 0 THEN -1 ELSE 1 END
        * CAST(TRY_CAST((2 * CAST(abs(l.discount_amount) * 100 AS HUGEINT) * r.numerator + r.denominator) // (2 * r.denominator)
               AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2)) AS discount_amount_account,
    r.numerator,
    r.denominator
FROM latest AS l
LEFT JOIN klaviyo_orders AS k ON k.klaviyo_public_id = :account AND k.order_id = l.order_id
LEFT JOIN account_rates AS r
    ON r.currency = l.currency AND l.order_date >= r.valid_from AND l.order_date < r.valid_to
WHERE l.place = 1
    AND (
        k.order_id IS NULL
        OR l.order_timestamp > k.order_timestamp
        OR (l.order_timestamp = k.order_timestamp AND l.event_id >= k.event_id)
    )
