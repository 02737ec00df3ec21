-- purpose: takes a block of a file's lines in, each value as what its column holds, with the first thing that is wrong
-- grain: one row a line; `arrived` has text only, NULL for what is empty
-- params: file_timezone String, account_timezone String, decimal String, date_format String
INSERT INTO read_lines BY NAME
WITH moments AS (
    SELECT
        *,
        hash(
            order_id, customer_id, customer_email, order_timestamp, order_date, order_value, order_discount, currency,
            order_status, channel, device_type, shipping_city, shipping_state, shipping_country, shipping_zip,
            discount_code, discount_type, customer_tags, utm_source, utm_medium, utm_campaign, line_item_id, product_id,
            variant_id, product_name, product_brand, sku, collections, product_type, quantity, unit_price, line_total,
            discount_amount
        ) AS content,
        coalesce(order_timestamp, order_date) AS told_at,
        order_timestamp IS NULL AS is_day,
        -- After the day, only an offset has a sign.
        contains(substr(order_timestamp, 11), '+') OR contains(substr(order_timestamp, 11), '-')
            OR ends_with(order_timestamp, 'Z') AS has_zone
    FROM arrived
),
clocked AS (
    SELECT
        *,
        CASE
            WHEN :date_format = '' AND has_zone AND told_at BETWEEN '0' AND ':' THEN TRY_CAST(told_at AS TIMESTAMPTZ)
        END AS zoned,
        CASE
            WHEN :date_format <> '' THEN try_strptime(told_at, coalesce(nullif(:date_format, ''), '%Y'))
            WHEN NOT coalesce(has_zone, false) AND told_at BETWEEN '0' AND ':' THEN TRY_CAST(told_at AS TIMESTAMP)
        END AS naive
    FROM moments
),
placed AS (
    SELECT
        *,
        CASE
            WHEN zoned IS NOT NULL THEN zoned
            -- A day without a time is the account's, from its first instant on.
            WHEN is_day THEN CAST(CAST(naive AS DATE) AS TIMESTAMP) AT TIME ZONE :account_timezone
            ELSE naive AT TIME ZONE :file_timezone
        END AS instant
    FROM clocked
),
typed AS (
    SELECT
        *,
        amount(order_value, :decimal) AS order_amount,
        amount(order_discount, :decimal) AS order_off,
        amount(unit_price, :decimal) AS price,
        amount(line_total, :decimal) AS total,
        amount(discount_amount, :decimal) AS off,
        CASE WHEN quantity IS NULL THEN 1
             WHEN amount(quantity, :decimal) BETWEEN 0 AND 999999999
                 AND amount(quantity, :decimal) = floor(amount(quantity, :decimal))
             THEN CAST(amount(quantity, :decimal) AS BIGINT)
        END AS pieces
    FROM placed
),
valued AS (
    SELECT
        *,
        -- What is said stands; what is not follows from the rest: quantity × price = total + discount.
        CASE
            WHEN discount_amount IS NULL AND price IS NOT NULL AND total IS NOT NULL
            THEN greatest(CAST(pieces AS DECIMAL(19, 0)) * CAST(price AS DECIMAL(19, 2)) - total, 0)
            ELSE coalesce(off, 0)
        END AS line_off
    FROM typed
),
priced AS (
    SELECT
        *,
        coalesce(total, CAST(pieces AS DECIMAL(19, 0)) * CAST(price AS DECIMAL(19, 2)) - line_off) AS line_amount,
        coalesce(price, CASE WHEN total + line_off < 0 THEN -1 ELSE 1 END * CAST(CAST(
            (2 * CAST(abs(total + line_off) * 100 AS HUGEINT) + greatest(pieces, 1)) // (2 * greatest(pieces, 1))
            AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2))) AS piece_price
    FROM valued
),
judged AS (
    SELECT
        *,
        CASE
            WHEN order_id IS NULL THEN 'order_id|is missing'
            WHEN product_id IS NULL THEN 'product_id|is missing'
            WHEN told_at IS NOT NULL AND instant IS NULL THEN
                CASE WHEN is_day THEN 'order_date' ELSE 'order_timestamp' END || '|''' || left(told_at, 40)
                || ''' is not a date or time' || CASE WHEN :date_format <> '' THEN ' of the form ' || :date_format
                ELSE ' like 2026-11-21 14:05: if the file writes it otherwise, say --date-format' END
            WHEN naive IS NOT NULL AND NOT is_day AND (instant AT TIME ZONE :file_timezone) <> naive THEN
                'order_timestamp|''' || left(told_at, 40) || ''' does not exist in ' || :file_timezone
                || ': the clocks skip it. Is it the right --timezone?'
            WHEN year(instant) < 1900 OR instant > now() + INTERVAL 1 DAY THEN
                CASE WHEN is_day THEN 'order_date' ELSE 'order_timestamp' END || '|''' || left(told_at, 40)
                || ''' lies ' || CASE WHEN year(instant) < 1900 THEN 'before 1900' ELSE 'in the future' END
            WHEN quantity IS NOT NULL AND pieces IS NULL THEN
                'quantity|''' || left(quantity, 40) || ''' is not a whole number from 0 on'
            WHEN unit_price IS NOT NULL AND price IS NULL THEN 'unit_price|' || not_an_amount(unit_price, :decimal)
            WHEN price < 0 THEN 'unit_price|''' || left(unit_price, 40) || ''' is below 0'
            WHEN line_total IS NOT NULL AND total IS NULL THEN 'line_total|' || not_an_amount(line_total, :decimal)
            WHEN discount_amount IS NOT NULL AND off IS NULL THEN
                'discount_amount|' || not_an_amount(discount_amount, :decimal)
            WHEN off < 0 THEN 'discount_amount|''' || left(discount_amount, 40) || ''' is below 0'
            WHEN total IS NULL AND price IS NULL THEN 'line_total|neither a total nor a price is there'
            WHEN piece_price < 0 THEN 'line_total|''' || left(line_total, 40) || ''' is below 0: a return is no line of an order'
            WHEN abs(line_amount) >= 10000000000000 OR piece_price >= 10000000000000 THEN
                'line_total|quantity × price is beyond what money can hold'
            WHEN order_value IS NOT NULL AND order_amount IS NULL THEN
                'order_value|' || not_an_amount(order_value, :decimal)
            WHEN order_discount IS NOT NULL AND order_off IS NULL THEN
                'klaviyo_orders.discount_amount|' || not_an_amount(order_discount, :decimal)
            WHEN order_off < 0 THEN 'klaviyo_orders.discount_amount|''' || left(order_discount, 40) || ''' is below 0'
            WHEN NOT regexp_full_match(currency, '[A-Za-z]{3}') THEN
                'currency|''' || left(currency, 40) || ''' is not a currency code like EUR'
            WHEN lower(order_status) NOT IN ('placed', 'cancelled', 'canceled') THEN
                'order_status|''' || left(order_status, 40) || ''' is neither placed nor cancelled'
        END AS found
    FROM priced
)
SELECT
    line, order_id, customer_id, lower(customer_email) AS customer_email, instant AS order_timestamp,
    CAST(order_amount AS DECIMAL(18, 2)) AS order_value, CAST(order_off AS DECIMAL(18, 2)) AS order_discount,
    upper(currency) AS currency,
    CASE lower(order_status) WHEN 'canceled' THEN 'cancelled' ELSE lower(order_status) END AS order_status,
    lower(channel) AS channel, device_type, shipping_city, shipping_state, shipping_country, shipping_zip,
    discount_code, discount_type, string_split(customer_tags, '|') AS customer_tags, utm_source, utm_medium,
    utm_campaign, line_item_id, product_id, variant_id, product_name, product_brand, sku,
    string_split(collections, '|') AS collections, product_type, pieces AS quantity,
    CASE WHEN found IS NULL THEN CAST(piece_price AS DECIMAL(18, 2)) END AS unit_price,
    CASE WHEN found IS NULL THEN CAST(line_amount AS DECIMAL(18, 2)) END AS line_total,
    CASE WHEN found IS NULL THEN CAST(line_off AS DECIMAL(18, 2)) END AS discount_amount,
    content,
    split_part(found, '|', 1) AS wrong_column,
    nullif(substr(found, instr(found, '|') + 1), '') AS wrong
FROM judged
