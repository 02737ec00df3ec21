-- purpose: what refunds took off each line: of the lines that a refund names, else of all of its order, by their totals
-- grain: one row a refund and line of an order that counts; weight: the line's part in cents; amount: the refund's, in cents
-- params: account String, as_of Date
WITH named AS (
    SELECT event_id, line_item_id, sum(quantity) AS quantity
    FROM (
        SELECT event_id, unnest(line_items_affected) AS line_item_id, unnest(quantities_refunded) AS quantity
        FROM refund_cancelled_orders
        WHERE klaviyo_public_id = :account AND event_type = 'refund'
    )
    GROUP BY ALL
),
lines AS (
    SELECT
        d.event_id, l.line_item_id, coalesce(v.of_product, l.product_id) AS product_id, o.order_date,
        CAST(d.amount * 100 AS BIGINT) AS amount, greatest(coalesce(CAST(l.line_total_account * 100 AS BIGINT), 0), 0) AS cents,
        l.quantity AS quantity, n.quantity AS returned,
        bool_or(n.event_id IS NOT NULL) OVER (PARTITION BY d.event_id) AS by_line
    FROM order_deductions AS d
    JOIN klaviyo_orders AS o ON o.klaviyo_public_id = d.klaviyo_public_id AND o.order_id = d.order_id
    JOIN klaviyo_order_line_items AS l ON l.klaviyo_public_id = d.klaviyo_public_id AND l.order_id = d.order_id
    LEFT JOIN named AS n ON n.event_id = d.event_id AND n.line_item_id = l.line_item_id
    LEFT JOIN variant_products AS v ON v.line_product = l.product_id
    WHERE d.klaviyo_public_id = :account
        AND o.order_status <> 'cancelled' AND o.order_value > 0 AND o.order_date <= :as_of
)
SELECT
    event_id, product_id, order_date, amount,
    CASE
        WHEN NOT by_line THEN cents
        WHEN returned >= quantity THEN cents
        ELSE cents * CAST(returned AS BIGINT) // quantity
    END AS weight
FROM lines
WHERE NOT by_line OR returned IS NOT NULL
ORDER BY event_id, line_item_id
