-- purpose: what refunds took off each line: of the lines that a refund names, else of all of its order, by their totals;
-- purpose: by the amounts that the refund tells of its lines where these come to all of it
-- grain: one row a refund and line of an order that counts; weight: the line's part in cents; amount: the refund's, in cents
-- params: account String, as_of Date32
WITH named AS (
    -- An amount that one entry of a line does not tell is not told of the line.
    SELECT
        event_id AS of_event, line_item_id AS of_line, sum(quantity) AS returned, max(amount_cents) AS refund_cents,
        if(count(told) = count(), sum(told), NULL) AS told_cents
    FROM (
        SELECT
            event_id, line_item_id, quantity, toInt64(refund_amount * 100) AS amount_cents,
            toInt64(line_totals_affected[position] * 100) AS told
        FROM refund_cancelled_orders
        ARRAY JOIN
            line_items_affected AS line_item_id, quantities_refunded AS quantity,
            arrayEnumerate(line_items_affected) AS position
        WHERE klaviyo_public_id = :account AND event_type = 'refund'
    )
    GROUP BY event_id, line_item_id
),
-- Most orders are not refunded, and what is joined is held in memory.
reduced AS (
    SELECT order_id FROM order_deductions WHERE klaviyo_public_id = :account
),
lines AS (
    SELECT
        d.event_id AS event_id, l.line_item_id AS line_item_id, coalesce(v.of_product, l.product_id) AS product_id,
        o.order_date AS order_date, toInt64(d.amount * 100) AS amount,
        greatest(coalesce(toInt64(l.line_total_account * 100), 0), 0) AS cents, l.quantity AS quantity,
        n.returned AS returned, n.told_cents AS told_cents, count(n.of_event) OVER refund > 0 AS by_line,
        -- In the refund's own currency: what is deducted may be another amount, shared out in the same proportion.
        coalesce(
            count(if(n.told_cents >= 0, 1, NULL)) OVER refund = count(n.of_event) OVER refund
            AND sum(n.told_cents) OVER refund = max(n.refund_cents) OVER refund,
            0
        ) AS by_amount
    FROM order_deductions AS d
    JOIN (
        SELECT * FROM klaviyo_orders
        WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM reduced)
    ) AS o ON o.order_id = d.order_id
    JOIN (
        SELECT * FROM klaviyo_order_line_items
        WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM reduced)
    ) AS l ON l.order_id = d.order_id
    LEFT JOIN named AS n ON n.of_event = d.event_id AND n.of_line = l.line_item_id
    LEFT JOIN variant_products AS v ON v.line_product = l.product_id
    WHERE d.klaviyo_public_id = :account
        AND o.order_status <> 'cancelled' AND o.order_value > 0 AND o.order_date <= :as_of
    WINDOW refund AS (PARTITION BY d.event_id)
)
SELECT
    event_id, assumeNotNull(product_id) AS product_id, order_date, amount,
    toInt64(multiIf(
        by_line = 0, cents, by_amount = 1, told_cents, returned >= quantity, cents,
        intDiv(cents * toInt64(returned), quantity)
    )) AS weight
FROM lines
WHERE by_line = 0 OR returned IS NOT NULL
ORDER BY event_id, line_item_id
