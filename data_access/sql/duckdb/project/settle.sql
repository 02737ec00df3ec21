-- purpose: brings refunds, status and deductions of the affected orders into line with one another
-- grain: one row a refund, an order, a deduction; `currency` is the account's own
-- params: account String, timezone String, currency String
CREATE OR REPLACE TEMP TABLE affected_refunds AS
SELECT
    f.event_id, f.event_type, f.event_timestamp, f.amount_source, f.refund_amount,
    -- What the event itself says: an order told again may be in another currency than it was.
    nullif(upper(trim(json_extract_string(f.event_properties, '$."$value_currency"'))), '') AS said_currency,
    f.original_order_id, f.line_items_affected, f.products_affected, f.quantities_refunded, f.skus_affected,
    f.line_totals_affected,
    o.order_id, o.order_timestamp, o.order_value, o.order_value_account, o.currency, o.order_date, o.customer_id
FROM refund_cancelled_orders AS f
LEFT JOIN klaviyo_orders AS o ON o.klaviyo_public_id = :account AND o.order_id = f.original_order_id
WHERE f.klaviyo_public_id = :account AND f.original_order_id IN (SELECT order_id FROM affected_orders)
-- @next
CREATE OR REPLACE TEMP TABLE affected_lines AS
WITH named AS (
    SELECT
        event_id, order_id, currency, order_date, generate_subscripts(products_affected, 1) AS position,
        unnest(line_items_affected) AS said_id, unnest(products_affected) AS product_id, unnest(skus_affected) AS sku,
        unnest(quantities_refunded) AS quantity, unnest(line_totals_affected) AS own_total
    FROM affected_refunds
    WHERE len(products_affected) > 0
),
told AS (
    -- An id that only says the line's place is one that was found here before: the order may have been told anew since.
    SELECT *, CASE WHEN starts_with(said_id, order_id || ':') THEN '' ELSE said_id END AS line_id FROM named
),
matched AS (
    -- A line is known by its own id, else by its product and SKU, else by its product; the first of several.
    SELECT
        n.*, l.line_item_id, l.quantity AS line_quantity, l.line_total, l.line_total_account,
        row_number() OVER (
            PARTITION BY n.event_id, n.position
            ORDER BY (l.line_item_id = n.line_id) DESC NULLS LAST, (l.sku = n.sku AND l.sku <> '') DESC NULLS LAST, l.line_item_id
        ) AS place
    FROM told AS n
    LEFT JOIN klaviyo_order_line_items AS l
        ON l.klaviyo_public_id = :account AND l.order_id = n.order_id
        AND (l.line_item_id = n.line_id OR l.product_id = n.product_id)
)
SELECT
    m.event_id, m.position,
    coalesce(m.line_item_id, m.line_id) AS line_item_id,
    CASE
        WHEN line_total IS NULL THEN own_total
        WHEN quantity >= line_quantity THEN line_total
        ELSE CASE WHEN line_total < 0 THEN -1 ELSE 1 END
            * CAST(CAST((2 * CAST(abs(line_total) * 100 AS HUGEINT) * quantity + line_quantity) // (2 * line_quantity)
                   AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2))
    END AS line_total,
    -- What comes back of an order is worth what it was worth in the order, at the order's rate.
    CASE
        WHEN line_total IS NULL THEN
            CASE WHEN own_total < 0 THEN -1 ELSE 1 END
            * CAST(TRY_CAST((2 * CAST(abs(own_total) * 100 AS HUGEINT) * r.numerator + r.denominator) // (2 * r.denominator)
                   AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2))
        WHEN quantity >= line_quantity THEN line_total_account
        ELSE CASE WHEN line_total_account < 0 THEN -1 ELSE 1 END
            * CAST(CAST((2 * CAST(abs(line_total_account) * 100 AS HUGEINT) * quantity + line_quantity) // (2 * line_quantity)
                   AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2))
    END AS line_total_account
FROM matched AS m
LEFT JOIN account_rates AS r
    ON r.currency = m.currency AND m.order_date >= r.valid_from AND m.order_date < r.valid_to
WHERE m.place = 1
-- @next
UPDATE refund_cancelled_orders AS f
SET
    original_order_timestamp = s.order_timestamp,
    refund_currency = s.refund_currency,
    refund_amount = s.refund_amount,
    amount_source = s.amount_source,
    line_items_affected = s.line_items_affected
FROM (
    SELECT
        r.event_id,
        r.order_timestamp,
        -- An amount that is the order's own is in the order's currency, whatever the event says.
        CASE WHEN r.amount_source = 'event' THEN coalesce(r.said_currency, r.currency, :currency)
             ELSE coalesce(r.currency, r.said_currency, :currency) END AS refund_currency,
        CASE WHEN r.amount_source = 'event' THEN r.refund_amount
             WHEN r.order_id IS NULL THEN NULL
             ELSE coalesce(l.total, r.order_value) END AS refund_amount,
        CASE WHEN r.amount_source = 'event' THEN 'event'
             WHEN r.order_id IS NULL THEN ''
             WHEN l.total IS NOT NULL THEN 'lines' ELSE 'order' END AS amount_source,
        coalesce(l.ids, r.line_items_affected) AS line_items_affected
    FROM affected_refunds AS r
    LEFT JOIN (
        SELECT event_id, sum(line_total) AS total, list(line_item_id ORDER BY position) AS ids
        FROM affected_lines
        GROUP BY event_id
    ) AS l ON l.event_id = r.event_id
) AS s
WHERE f.klaviyo_public_id = :account AND f.event_id = s.event_id
-- @next
UPDATE klaviyo_orders
SET order_status = CASE
    WHEN order_id IN (SELECT order_id FROM affected_refunds WHERE event_type = 'cancelled') THEN 'cancelled' ELSE 'placed'
END
WHERE klaviyo_public_id = :account
    AND order_id IN (SELECT order_id FROM affected_orders)
    AND order_status <> CASE
        WHEN order_id IN (SELECT order_id FROM affected_refunds WHERE event_type = 'cancelled') THEN 'cancelled' ELSE 'placed'
    END
-- @next
DELETE FROM order_deductions
WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM affected_orders)
-- @next
INSERT INTO order_deductions (
    klaviyo_public_id, event_id, order_id, customer_id, event_type, event_timestamp, deduction_date, order_date, amount
)
WITH asked AS (
    SELECT
        a.event_id, a.order_id, a.customer_id, a.event_type, a.event_timestamp, a.order_date, a.order_value_account,
        CAST(a.event_timestamp AT TIME ZONE :timezone AS DATE) AS deduction_date,
        CASE
            WHEN a.event_type = 'cancelled' OR f.amount_source = 'order' THEN a.order_value_account
            WHEN f.amount_source = 'lines' THEN l.total
            ELSE CAST(TRY_CAST((2 * CAST(f.refund_amount * 100 AS HUGEINT) * r.numerator + r.denominator) // (2 * r.denominator)
                      AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2))
        END AS amount
    FROM affected_refunds AS a
    JOIN refund_cancelled_orders AS f ON f.klaviyo_public_id = :account AND f.event_id = a.event_id
    LEFT JOIN (
        SELECT event_id, sum(line_total_account) AS total FROM affected_lines GROUP BY event_id
    ) AS l ON l.event_id = a.event_id
    LEFT JOIN account_rates AS r
        ON r.currency = f.refund_currency
        AND CAST(a.event_timestamp AT TIME ZONE :timezone AS DATE) >= r.valid_from
        AND CAST(a.event_timestamp AT TIME ZONE :timezone AS DATE) < r.valid_to
    WHERE a.order_value_account > 0
),
running AS (
    SELECT
        *,
        coalesce(sum(amount) OVER (
            PARTITION BY order_id ORDER BY event_timestamp, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS before
    FROM asked
    -- Lines may come to less than nothing: that deducts nothing, and leaves no more than the order's value to others.
    WHERE amount > 0
),
capped AS (
    SELECT *, least(amount, order_value_account - before) AS deducted FROM running
)
SELECT
    :account, event_id, order_id, customer_id, event_type, event_timestamp, deduction_date, order_date,
    CAST(deducted AS DECIMAL(18, 2))
FROM capped
WHERE deducted > 0
