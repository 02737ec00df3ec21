-- purpose: what refunds took off each line: of the lines that a refund names, else of all of its order, by their totals;
-- purpose: by the amounts that the refund tells of its lines where these come to all of it
-- grain: one row a refund and line of an order that counts; weight: the line's part in cents; amount: the refund's, in cents
-- params: account String, as_of Date
WITH named AS (
    -- An amount that one entry of a line does not tell is not told of the line.
    SELECT
        event_id, line_item_id, refund_cents, sum(quantity) AS quantity,
        CASE WHEN count(told) = count(*) THEN sum(CAST(told * 100 AS BIGINT)) END AS told_cents
    FROM (
        SELECT
            event_id, CAST(refund_amount * 100 AS BIGINT) AS refund_cents, unnest(line_items_affected) AS line_item_id,
            unnest(quantities_refunded) AS quantity, unnest(line_totals_affected) AS told
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
        n.told_cents, count(n.event_id) OVER refund > 0 AS by_line,
        -- In the refund's own currency: what is deducted may be another amount, shared out in the same proportion.
        count(CASE WHEN n.told_cents >= 0 THEN 1 END) OVER refund = count(n.event_id) OVER refund
            AND sum(n.told_cents) OVER refund = max(n.refund_cents) OVER refund AS by_amount
    FROM order_deductions AS d
    JOIN klaviyo_orders AS o ON o.klaviyo_public_id = d.klaviyo_public_id AND o.order_id = d.order_id
    JOIN klaviyo_order_line_items AS l ON l.klaviyo_public_id = d.klaviyo_public_id AND l.order_id = d.order_id
    LEFT JOIN named AS n ON n.event_id = d.event_id AND n.line_item_id = l.line_item_id
    LEFT JOIN variant_products AS v ON v.line_product = l.product_id
    WHERE d.klaviyo_public_id = :account
        AND o.order_status <> 'cancelled' AND o.order_value > 0 AND o.order_date <= :as_of
    WINDOW refund AS (PARTITION BY d.event_id)
)
SELECT
    event_id, product_id, order_date, amount,
    CASE
        WHEN NOT by_line THEN cents
        WHEN by_amount THEN CAST(told_cents AS BIGINT)
        WHEN returned >= quantity THEN cents
        ELSE cents * CAST(returned AS BIGINT) // quantity
    END AS weight
FROM lines
WHERE NOT by_line OR returned IS NOT NULL
ORDER BY event_id, line_item_id
