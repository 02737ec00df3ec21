-- purpose: the orders of a file that can be loaded, as rows of klaviyo_orders, cut into parts of so many lines
-- grain: klaviyo_orders one row an order; scattered one row a line
-- params: account String, load String, currency String, account_timezone String, part_lines Int64
CREATE TABLE klaviyo_orders AS
WITH accepted AS (
    SELECT
        s.*,
        sum(s.lines) OVER (ORDER BY s.first_line ROWS UNBOUNDED PRECEDING) - s.lines AS lines_before
    FROM seen_orders AS s
    WHERE s.order_id NOT IN (SELECT order_id FROM refused_orders)
),
described AS (
    SELECT
        :account AS klaviyo_public_id,
        CAST(a.lines_before // :part_lines AS INTEGER) AS part,
        a.order_id,
        -- Which load an order came with, so that a load can be taken out again.
        'file:' || :load || ':' || a.order_id AS event_id,
        -- An id may be shown to people who may not see an e-mail.
        coalesce(a.customer_id, 'email:' || md5(a.customer_email)) AS customer_id,
        coalesce(a.customer_email, a.customer_id) AS customer_email,
        coalesce(a.order_value, a.lines_total) AS order_value,
        coalesce(a.currency, :currency) AS currency,
        coalesce(a.order_status, 'placed') AS order_status,
        CAST(a.order_timestamp AT TIME ZONE :account_timezone AS DATE) AS order_date,
        a.order_timestamp,
        a.items AS item_count,
        a.first_line,
        a.last_line,
        a.lines,
        coalesce(l.channel, 'web') AS channel,
        coalesce(l.device_type, '') AS device_type,
        coalesce(l.shipping_city, '') AS shipping_city,
        coalesce(l.shipping_state, '') AS shipping_state,
        coalesce(l.shipping_country, '') AS shipping_country,
        coalesce(l.shipping_zip, '') AS shipping_zip,
        coalesce(a.order_discount, a.lines_discount) AS discount_amount,
        coalesce(l.discount_code, '') AS discount_code,
        coalesce(
            l.discount_type,
            CASE WHEN l.discount_code IS NOT NULL THEN 'code'
                 WHEN coalesce(a.order_discount, a.lines_discount) > 0 THEN 'automatic' ELSE '' END
        ) AS discount_type,
        coalesce(l.customer_tags, []) AS customer_tags,
        coalesce(l.utm_source, '') AS utm_source,
        coalesce(l.utm_medium, '') AS utm_medium,
        coalesce(l.utm_campaign, '') AS utm_campaign
    FROM accepted AS a
    JOIN read_lines AS l ON l.line = a.first_line
)
SELECT
    d.*,
    CASE WHEN d.order_value < 0 THEN -1 ELSE 1 END
        * CAST(TRY_CAST((2 * CAST(abs(d.order_value) * 100 AS HUGEINT) * r.numerator + r.denominator) // (2 * r.denominator)
               AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2)) AS order_value_account,
    CAST(TRY_CAST((2 * CAST(d.discount_amount * 100 AS HUGEINT) * r.numerator + r.denominator) // (2 * r.denominator)
         AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2)) AS discount_amount_account,
    r.numerator,
    r.denominator,
    CAST(NULL AS UTINYINT) AS is_first_order,
    CAST(NULL AS UINTEGER) AS order_count_for_customer,
    CAST(NULL AS INTEGER) AS days_since_last_order,
    CAST(NULL AS DECIMAL(18, 2)) AS customer_total_spent,
    CAST(NULL AS UINTEGER) AS customer_order_count
FROM described AS d
LEFT JOIN account_rates AS r
    ON r.currency = d.currency AND d.order_date >= r.valid_from AND d.order_date < r.valid_to
-- @next
-- Lines without an id are known by their place in their order; where these stand together, that is told by their lines.
CREATE TABLE scattered AS
SELECT line, row_number() OVER (PARTITION BY order_id ORDER BY line) AS position
FROM read_lines
WHERE order_id IN (SELECT order_id FROM seen_orders WHERE last_line - first_line + 1 > lines)
    AND line NOT IN (SELECT line FROM repeated_lines WHERE is_same)
-- @next
CREATE VIEW touched_customers AS SELECT DISTINCT customer_id FROM klaviyo_orders
