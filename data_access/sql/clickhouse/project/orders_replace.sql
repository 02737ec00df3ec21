-- purpose: puts the accepted orders and their lines in place, by key; item and product counts come from the lines
-- grain: one row an order, one a line
-- params: account String, row_version DateTime64(6)
INSERT INTO klaviyo_orders (
    klaviyo_public_id, order_id, event_id, customer_id, customer_email, order_value, currency, order_value_account,
    order_status, order_date, order_timestamp, item_count, product_count, channel, device_type,
    shipping_city, shipping_state, shipping_country, shipping_zip, discount_amount, discount_amount_account,
    discount_code, discount_type, customer_tags, utm_source, utm_medium, utm_campaign, synced_at, inserted_at
)
SELECT
    :account, a.order_id, a.event_id, a.customer_id, a.customer_email, a.order_value, a.currency, a.order_value_account,
    'placed', a.order_date, a.order_timestamp, coalesce(l.items, 0), coalesce(l.products, 0), a.channel, a.device_type,
    a.shipping_city, a.shipping_state, a.shipping_country, a.shipping_zip, a.discount_amount, a.discount_amount_account,
    a.discount_code, a.discount_type, a.customer_tags, a.utm_source, a.utm_medium, a.utm_campaign, now64(6),
    :row_version
FROM accepted_orders AS a
LEFT JOIN (
    SELECT event_id, sum(quantity) AS items, count(DISTINCT product_id) AS products
    FROM incoming_lines
    WHERE reason IS NULL
    GROUP BY event_id
) AS l ON l.event_id = a.event_id
-- @next
CREATE OR REPLACE TEMPORARY TABLE accepted_lines ENGINE = Memory AS
SELECT
    a.order_id AS order_id, l.line_item_id AS line_item_id, l.product_id AS product_id, l.variant_id AS variant_id,
    l.product_name AS product_name, l.product_brand AS product_brand, l.sku AS sku, l.collections AS collections,
    l.product_type AS product_type, l.quantity AS quantity, l.unit_price AS unit_price, l.line_total AS line_total,
    if(l.line_total < 0, -1, 1) * promolens_money(promolens_at_rate(toInt64(abs(l.line_total) * 100), a.numerator, a.denominator))
        AS line_total_account,
    l.discount_amount AS discount_amount, l.discount_per_item AS discount_per_item, a.order_date AS order_date
FROM incoming_lines AS l
JOIN accepted_orders AS a ON a.event_id = l.event_id
WHERE l.reason IS NULL
-- @next
INSERT INTO klaviyo_order_line_items (
    klaviyo_public_id, order_id, line_item_id, product_id, variant_id, product_name, product_brand, sku, collections,
    product_type, quantity, unit_price, line_total, line_total_account, discount_amount, discount_per_item, order_date,
    synced_at, inserted_at, is_deleted
)
SELECT
    :account, order_id, line_item_id, product_id, variant_id, product_name, product_brand, sku, collections,
    product_type, quantity, unit_price, line_total, line_total_account, discount_amount, discount_per_item, order_date,
    now64(6), :row_version, 0
FROM accepted_lines
UNION ALL
-- Lines that an order told anew has no more.
SELECT
    :account, order_id, line_item_id, product_id, variant_id, product_name, product_brand, sku, collections,
    product_type, quantity, unit_price, line_total, line_total_account, discount_amount, discount_per_item, order_date,
    synced_at, :row_version, 1
FROM klaviyo_order_line_items
WHERE klaviyo_public_id = :account
    AND order_id IN (SELECT order_id FROM accepted_orders)
    AND (order_id, line_item_id) NOT IN (SELECT order_id, line_item_id FROM accepted_lines)
