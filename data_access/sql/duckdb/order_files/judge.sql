-- purpose: finds the orders of a file, and those that cannot be loaded: an order goes in whole, or not at all
-- grain: repeated_lines one row a line that comes again; seen_orders one row an order; refused_lines one row a line
SET memory_limit = '320MB'
-- @next
-- A line told twice in all its columns counts once. Two different lines of one id contradict each other.
CREATE TABLE repeated_lines AS
SELECT l.line, l.order_id, l.line_item_id, t.first_line, l.content = f.content AS is_same
FROM read_lines AS l
JOIN (
    SELECT order_id, line_item_id, min(line) AS first_line
    FROM read_lines
    WHERE line_item_id IS NOT NULL AND order_id IS NOT NULL
    GROUP BY order_id, line_item_id
    HAVING count(*) > 1
) AS t ON t.order_id = l.order_id AND t.line_item_id = l.line_item_id
JOIN read_lines AS f ON f.line = t.first_line
WHERE l.line > t.first_line
-- @next
CREATE TABLE seen_orders AS
SELECT
    order_id,
    min(line) AS first_line,
    max(line) AS last_line,
    count(*) AS lines,
    min(CASE WHEN wrong IS NOT NULL THEN line END) AS wrong_line,
    min(customer_id) AS customer_id, min(customer_id) <> max(customer_id) AS two_ids,
    min(customer_email) AS customer_email, min(customer_email) <> max(customer_email) AS two_emails,
    min(order_timestamp) AS order_timestamp, min(order_timestamp) <> max(order_timestamp) AS two_times,
    min(order_value) AS order_value, min(order_value) <> max(order_value) AS two_values,
    min(order_discount) AS order_discount, min(order_discount) <> max(order_discount) AS two_discounts,
    min(currency) AS currency, min(currency) <> max(currency) AS two_currencies,
    min(order_status) AS order_status, min(order_status) <> max(order_status) AS two_statuses,
    CAST(sum(line_total) AS DECIMAL(18, 2)) AS lines_total,
    CAST(sum(discount_amount) AS DECIMAL(18, 2)) AS lines_discount,
    CAST(sum(quantity) AS BIGINT) AS items
FROM read_lines
WHERE order_id IS NOT NULL AND line NOT IN (SELECT line FROM repeated_lines WHERE is_same)
GROUP BY order_id
-- @next
CREATE TABLE refused_orders AS
WITH told AS (
    SELECT
        s.order_id, s.first_line, s.wrong_line, r.line AS repeated_line, r.line_item_id, r.first_line AS repeated_first,
        CASE
            WHEN s.wrong_line IS NOT NULL OR r.line IS NOT NULL THEN ''
            WHEN two_ids THEN 'customer_id'
            WHEN two_emails AND s.customer_id IS NULL THEN 'customer_email'
            WHEN two_times THEN 'order_timestamp'
            WHEN two_values THEN 'order_value'
            WHEN two_discounts THEN 'klaviyo_orders.discount_amount'
            WHEN two_currencies THEN 'currency'
            WHEN two_statuses THEN 'order_status'
        END AS contradicted,
        s.customer_id IS NULL AND s.customer_email IS NULL AS nobody,
        s.order_timestamp IS NULL AS never
    FROM seen_orders AS s
    LEFT JOIN (
        SELECT order_id, min(line) AS line, arg_min(line_item_id, line) AS line_item_id, arg_min(first_line, line) AS first_line
        FROM repeated_lines
        WHERE NOT is_same
        GROUP BY order_id
    ) AS r ON r.order_id = s.order_id
)
SELECT * FROM told WHERE contradicted IS NOT NULL OR nobody OR never
-- @next
CREATE TABLE refused_lines AS
-- Where lines of an order say different things, the first one that differs from the order's first is its place.
WITH said AS (
    SELECT
        l.order_id, l.line, r.contradicted,
        CASE r.contradicted
            WHEN 'customer_id' THEN l.customer_id
            WHEN 'customer_email' THEN l.customer_email
            WHEN 'order_timestamp' THEN strftime(l.order_timestamp, '%Y-%m-%d %H:%M:%S UTC')
            WHEN 'order_value' THEN CAST(l.order_value AS VARCHAR)
            WHEN 'klaviyo_orders.discount_amount' THEN CAST(l.order_discount AS VARCHAR)
            WHEN 'currency' THEN l.currency
            WHEN 'order_status' THEN l.order_status
        END AS value
    FROM read_lines AS l
    JOIN refused_orders AS r ON r.order_id = l.order_id
    WHERE r.contradicted <> ''
),
firsts AS (
    SELECT order_id, min(line) AS line, arg_min(value, line) AS value FROM said WHERE value IS NOT NULL GROUP BY order_id
),
differing AS (
    SELECT s.order_id, min(s.line) AS line, arg_min(s.value, s.line) AS value
    FROM said AS s
    JOIN firsts AS f ON f.order_id = s.order_id
    WHERE s.value <> f.value
    GROUP BY s.order_id
),
placed AS (
    SELECT line, wrong_column AS column_name, wrong AS reason FROM read_lines WHERE wrong IS NOT NULL
    UNION ALL
    SELECT
        line, 'line_item_id',
        'order ' || order_id || ' has two lines ' || line_item_id || ', here and on line ' || first_line
    FROM repeated_lines
    WHERE NOT is_same AND line NOT IN (SELECT line FROM read_lines WHERE wrong IS NOT NULL)
    UNION ALL
    SELECT
        d.line, r.contradicted,
        'order ' || r.order_id || ' has ''' || d.value || ''' here and ''' || f.value || ''' on line ' || f.line
    FROM refused_orders AS r
    JOIN differing AS d ON d.order_id = r.order_id
    JOIN firsts AS f ON f.order_id = r.order_id
    UNION ALL
    SELECT
        first_line, CASE WHEN nobody THEN 'customer_id' ELSE 'order_timestamp' END,
        CASE WHEN nobody THEN 'no line of order ' || order_id || ' says who bought'
             ELSE 'no line of order ' || order_id || ' says when it was placed' END
    FROM refused_orders
    WHERE contradicted IS NULL
)
SELECT line, column_name, reason, true AS is_cause FROM placed
UNION ALL
SELECT l.line, '', 'left out with its order ' || l.order_id || ', of which another line is refused', false
FROM read_lines AS l
JOIN refused_orders AS r ON r.order_id = l.order_id
WHERE l.line NOT IN (SELECT line FROM placed) AND l.line NOT IN (SELECT line FROM repeated_lines WHERE is_same)
