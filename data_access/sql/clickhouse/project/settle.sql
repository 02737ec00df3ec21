-- purpose: brings refunds, status and deductions of the affected orders into line with one another
-- grain: one row a refund, an order, a deduction; `currency` is the account's own
-- params: account String, timezone String, currency String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE affected_refunds ENGINE = Memory AS
WITH affected AS (
    SELECT *
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM affected_orders)
)
SELECT
    f.event_id AS event_id, f.customer_id AS refund_customer, f.event_type AS event_type,
    f.event_timestamp AS event_timestamp, f.amount_source AS amount_source, f.refund_amount AS refund_amount,
    -- What the event itself says: an order told again may be in another currency than it was.
    nullIf(upper(replaceRegexpAll(
        JSONExtractString(f.event_properties, '$value_currency'), '^\\p{Zs}+|\\p{Zs}+$', ''
    )), '') AS said_currency,
    f.original_order_id AS original_order_id, f.line_items_affected AS line_items_affected,
    f.products_affected AS products_affected, f.quantities_refunded AS quantities_refunded,
    f.skus_affected AS skus_affected, f.line_totals_affected AS line_totals_affected,
    o.order_id AS order_id, o.order_timestamp AS order_timestamp, o.order_value AS order_value,
    o.order_value_account AS order_value_account, o.currency AS currency, o.order_date AS order_date,
    o.customer_id AS customer_id
FROM refund_cancelled_orders AS f
LEFT JOIN affected AS o ON o.order_id = f.original_order_id
WHERE f.klaviyo_public_id = :account AND f.original_order_id IN (SELECT order_id FROM affected_orders)
-- @next
CREATE OR REPLACE TEMPORARY TABLE affected_lines ENGINE = Memory AS
WITH named AS (
    SELECT
        event_id, order_id, currency, order_date, position, line_items_affected[position] AS said_id,
        products_affected[position] AS product_id, skus_affected[position] AS sku,
        toInt64(quantities_refunded[position]) AS quantity, line_totals_affected[position] AS own_total
    FROM affected_refunds
    ARRAY JOIN arrayEnumerate(products_affected) AS position
),
told AS (
    -- An id that only says the line's place is one that was found here before: the order may have been told anew since.
    SELECT *, if(startsWith(said_id, concat(order_id, ':')), '', said_id) AS line_id FROM named
),
lines AS (
    SELECT order_id, line_item_id, product_id, sku, quantity, line_total, line_total_account
    FROM klaviyo_order_line_items
    WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM affected_orders)
),
matched AS (
    -- A line is known by its own id, else by its product and SKU, else by its product; the first of several.
    SELECT
        n.event_id AS event_id, n.position AS position, n.line_id AS line_id, n.quantity AS quantity,
        n.own_total AS own_total, n.currency AS currency, n.order_date AS order_date,
        l.line_item_id AS line_item_id, l.quantity AS line_quantity, l.line_total AS line_total,
        l.line_total_account AS line_total_account,
        row_number() OVER (
            PARTITION BY n.event_id, n.position
            ORDER BY
                (l.line_item_id = n.line_id) DESC NULLS LAST, (l.sku = n.sku AND l.sku <> '') DESC NULLS LAST,
                l.line_item_id
        ) AS place
    FROM told AS n
    LEFT JOIN lines AS l
        ON l.order_id = n.order_id AND (l.line_item_id = n.line_id OR l.product_id = n.product_id)
)
SELECT
    m.event_id AS event_id, m.position AS position,
    coalesce(m.line_item_id, m.line_id) AS line_item_id,
    CAST(CASE
        WHEN m.line_total IS NULL THEN m.own_total
        WHEN m.quantity >= m.line_quantity THEN m.line_total
        ELSE if(m.line_total < 0, -1, 1) * promolens_money(promolens_half_up(toInt64(abs(m.line_total) * 100) * m.quantity, m.line_quantity))
    END AS Nullable(Decimal(18, 2))) AS line_total,
    -- What comes back of an order is worth what it was worth in the order, at the order's rate.
    CAST(CASE
        WHEN m.line_total IS NULL THEN
            if(m.own_total < 0, -1, 1) * promolens_money(promolens_at_rate(toInt64(abs(m.own_total) * 100), r.numerator, r.denominator))
        WHEN m.quantity >= m.line_quantity THEN m.line_total_account
        ELSE if(m.line_total_account < 0, -1, 1) * promolens_money(promolens_half_up(toInt64(abs(m.line_total_account) * 100) * m.quantity, m.line_quantity))
    END AS Nullable(Decimal(18, 2))) AS line_total_account
FROM matched AS m
LEFT JOIN account_rates AS r
    ON r.currency = m.currency AND m.order_date >= r.valid_from AND m.order_date < r.valid_to
WHERE m.place = 1
-- @next
CREATE OR REPLACE TEMPORARY TABLE settled_refunds ENGINE = Memory AS
SELECT
    r.event_id AS event_id,
    r.refund_customer AS customer_id,
    r.order_timestamp AS order_timestamp,
    -- An amount that is the order's own is in the order's currency, whatever the event says.
    CASE WHEN r.amount_source = 'event' THEN coalesce(r.said_currency, r.currency, :currency)
         ELSE coalesce(r.currency, r.said_currency, :currency) END AS refund_currency,
    CASE WHEN r.amount_source = 'event' THEN r.refund_amount
         WHEN r.order_id IS NULL THEN NULL
         ELSE coalesce(l.total, r.order_value) END AS refund_amount,
    CASE WHEN r.amount_source = 'event' THEN 'event'
         WHEN r.order_id IS NULL THEN ''
         WHEN l.total IS NOT NULL THEN 'lines' ELSE 'order' END AS amount_source,
    if(l.event_id IS NULL, r.line_items_affected, l.ids) AS line_items_affected
FROM affected_refunds AS r
LEFT JOIN (
    SELECT
        event_id, CAST(sum(line_total) AS DECIMAL(18, 2)) AS total,
        arrayMap(line -> line.2, arraySort(groupArray((position, assumeNotNull(line_item_id))))) AS ids
    FROM affected_lines
    GROUP BY event_id
) AS l ON l.event_id = r.event_id
-- @next
INSERT INTO refund_cancelled_orders
SELECT f.* REPLACE (
    s.order_timestamp AS original_order_timestamp, s.refund_currency AS refund_currency,
    s.refund_amount AS refund_amount, s.amount_source AS amount_source,
    s.line_items_affected AS line_items_affected, :row_version AS inserted_at
)
FROM refund_cancelled_orders AS f
JOIN settled_refunds AS s ON s.event_id = f.event_id AND s.customer_id = f.customer_id
WHERE f.klaviyo_public_id = :account
-- @next
CREATE OR REPLACE TEMPORARY TABLE settled_status ENGINE = Memory AS
SELECT order_id, order_id IN (
    SELECT original_order_id FROM affected_refunds WHERE event_type = 'cancelled'
) AS is_cancelled
FROM affected_orders
-- @next
INSERT INTO klaviyo_orders
SELECT k.* REPLACE (
    if(s.is_cancelled, 'cancelled', 'placed') AS order_status, :row_version AS inserted_at
)
FROM klaviyo_orders AS k
JOIN settled_status AS s ON s.order_id = k.order_id
WHERE k.klaviyo_public_id = :account AND (k.order_status = 'cancelled') <> s.is_cancelled
-- @next
CREATE OR REPLACE TEMPORARY TABLE settled_deductions ENGINE = Memory AS
WITH dated AS (
    SELECT *, toDate32(event_timestamp, :timezone) AS deduction_date FROM affected_refunds
),
asked AS (
    SELECT
        a.event_id AS event_id, a.order_id AS order_id, a.customer_id AS customer_id, a.event_type AS event_type,
        a.event_timestamp AS event_timestamp, a.order_date AS order_date,
        a.order_value_account AS order_value_account, a.deduction_date AS deduction_date,
        CAST(CASE
            WHEN a.event_type = 'cancelled' OR f.amount_source = 'order' THEN a.order_value_account
            WHEN f.amount_source = 'lines' THEN l.total
            ELSE if(f.refund_amount < 0, -1, 1) * promolens_money(promolens_at_rate(toInt64(abs(f.refund_amount) * 100), r.numerator, r.denominator))
        END AS Nullable(Decimal(18, 2))) AS amount
    FROM dated AS a
    JOIN settled_refunds AS f ON f.event_id = a.event_id AND f.customer_id = a.refund_customer
    LEFT JOIN (
        SELECT event_id, CAST(sum(line_total_account) AS DECIMAL(18, 2)) AS total FROM affected_lines GROUP BY event_id
    ) AS l ON l.event_id = a.event_id
    LEFT JOIN account_rates AS r
        ON r.currency = f.refund_currency AND a.deduction_date >= r.valid_from AND a.deduction_date < r.valid_to
    WHERE a.order_value_account > 0
),
running AS (
    SELECT
        *,
        coalesce(CAST(sum(amount) OVER (
            PARTITION BY order_id ORDER BY event_timestamp, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS Nullable(Decimal(18, 2))), 0) AS before
    FROM asked
    -- Lines may come to less than nothing: that deducts nothing, and leaves no more than the order's value to others.
    WHERE amount > 0
),
capped AS (
    SELECT *, least(amount, order_value_account - before) AS deducted FROM running
)
SELECT event_id, order_id, customer_id, event_type, event_timestamp, deduction_date, order_date, deducted AS amount
FROM capped
WHERE deducted > 0
-- @next
INSERT INTO order_deductions (
    klaviyo_public_id, event_id, order_id, customer_id, event_type, event_timestamp, deduction_date, order_date, amount,
    updated_at, is_deleted
)
SELECT
    :account, event_id, order_id, customer_id, event_type, event_timestamp, deduction_date, order_date, amount,
    :row_version, 0
FROM settled_deductions
UNION ALL
SELECT
    :account, event_id, order_id, customer_id, event_type, event_timestamp, deduction_date, order_date, amount,
    :row_version, 1
FROM order_deductions
WHERE klaviyo_public_id = :account
    AND order_id IN (SELECT order_id FROM affected_orders)
    AND event_id NOT IN (SELECT event_id FROM settled_deductions)
