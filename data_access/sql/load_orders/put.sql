-- purpose: puts a part's orders and lines into the warehouse; those of the same orders were taken out before
-- grain: one row an order, one a line
-- params: account String
INSERT INTO klaviyo_orders (
    klaviyo_public_id, order_id, event_id, customer_id, customer_email, order_value, currency, order_value_account,
    order_status, order_date, order_timestamp, item_count, product_count, is_first_order, order_count_for_customer,
    days_since_last_order, channel, device_type, shipping_city, shipping_state, shipping_country, shipping_zip,
    discount_amount, discount_amount_account, discount_code, discount_type, customer_tags, customer_total_spent,
    customer_order_count, utm_source, utm_medium, utm_campaign, synced_at
)
SELECT
    :account, order_id, event_id, customer_id, customer_email, order_value, currency, order_value_account,
    order_status, order_date, order_timestamp, item_count, product_count, is_first_order, order_count_for_customer,
    days_since_last_order, channel, device_type, shipping_city, shipping_state, shipping_country, shipping_zip,
    discount_amount, discount_amount_account, discount_code, discount_type, customer_tags, customer_total_spent,
    customer_order_count, utm_source, utm_medium, utm_campaign, now()
FROM incoming_orders
-- @next
INSERT INTO klaviyo_order_line_items (
    klaviyo_public_id, order_id, line_item_id, product_id, variant_id, product_name, product_brand, sku, collections,
    product_type, quantity, unit_price, line_total, line_total_account, discount_amount, discount_per_item, order_date,
    synced_at
)
SELECT
    :account, order_id, line_item_id, product_id, variant_id, product_name, product_brand, sku, collections,
    product_type, quantity, unit_price, line_total, line_total_account, discount_amount, discount_per_item, order_date,
    now()
FROM incoming_lines
