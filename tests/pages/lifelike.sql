-- A lifelike store; {today}, {now}, {orders} and {account} are filled in by lifelike.py.
SELECT setseed(0.42);
CREATE TEMP TABLE drawn AS
SELECT i, day, customer, random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5, random() AS r6
FROM (
    SELECT i, CAST('{today}' AS DATE) - CAST(730 * (1 - sqrt(0.25 + 0.75 * random())) * 2 AS INTEGER) AS day,
        CAST(pow(random(), 2.2) * {orders} / 1.6 AS INTEGER) AS customer
    FROM range({orders}) AS t(i)
);
CREATE TEMP TABLE timed AS
SELECT *, CAST(day AS TIMESTAMP) + INTERVAL 1 MINUTE * CAST(
    CASE WHEN r1 < 0.62 THEN 17 * 60 + r2 * 330 WHEN r1 < 0.9 THEN 9 * 60 + r2 * 480 ELSE r2 * 1439 END AS INTEGER) AS placed
FROM drawn;
CREATE TEMP TABLE ready AS
SELECT *, row_number() OVER (PARTITION BY customer ORDER BY placed) AS nth,
    CAST(round(18 + 95 * pow(r3, 2.4) + CASE WHEN dayofweek(day) IN (0, 6) THEN 9 ELSE 0 END, 2) AS DECIMAL(18, 2)) AS value
FROM timed WHERE placed < CAST('{now}' AS TIMESTAMP);
INSERT INTO klaviyo_orders
    (klaviyo_public_id, order_id, event_id, customer_id, customer_email, order_value, currency, order_value_account,
     order_status, order_date, order_timestamp, is_first_order, order_count_for_customer, channel, device_type,
     shipping_country, discount_amount, discount_amount_account, synced_at)
SELECT '{account}', 'o' || i, 'e' || i, 'c' || customer, 'c' || customer || '@example.com', value,
    CASE WHEN r6 > 0.997 THEN 'SEK' ELSE 'EUR' END, CASE WHEN r6 > 0.997 THEN NULL ELSE value END,
    CASE WHEN r4 > 0.985 THEN 'cancelled' ELSE 'placed' END, CAST(placed AS DATE), (placed AT TIME ZONE 'Europe/Berlin'),
    CASE WHEN nth = 1 THEN 1 ELSE 0 END, nth,
    CASE WHEN r4 < 0.82 THEN 'web' WHEN r4 < 0.94 THEN 'app' ELSE 'pos' END,
    CASE WHEN r5 < 0.58 THEN 'mobile' WHEN r5 < 0.93 THEN 'desktop' WHEN r5 < 0.98 THEN 'tablet' ELSE '' END,
    list_extract(['DE', 'DE', 'DE', 'DE', 'DE', 'DE', 'AT', 'AT', 'CH', 'NL', 'FR', 'BE', 'PL', 'DK', 'SE', 'IT'],
        1 + CAST(floor(r6 * 15.99) AS INTEGER)),
    CASE WHEN r5 < 0.31 THEN round(value * 0.18, 2) ELSE 0 END, CASE WHEN r5 < 0.31 THEN round(value * 0.18, 2) ELSE 0 END,
    now()
FROM ready;
INSERT INTO klaviyo_order_line_items
    (klaviyo_public_id, order_id, line_item_id, product_id, product_name, product_brand, quantity, unit_price,
     line_total, line_total_account, order_date, synced_at)
SELECT '{account}', 'o' || i, 'o' || i || ':' || n, 'p' || p, list_extract(
        ['Linen shirt', 'Merino jumper', 'Canvas tote', 'Wool scarf', 'Rain jacket', 'Cotton tee', 'Chino', 'Ankle boot',
         'Leather belt', 'Denim jacket', 'Silk blouse', 'Running sock'], 1 + p % 12) || ' '
        || list_extract(['sand', 'navy', 'olive', 'ecru', 'rust', 'black', 'stone'], 1 + (p // 12) % 7) || CASE WHEN p >= 84
        THEN ' ' || (p // 84) ELSE '' END, list_extract(['Norden', 'Halm', 'Kaland'], 1 + p % 3),
    1 + (i + n) % 2, round(value / 2, 2), round(value / 2, 2), round(value / 2, 2), CAST(placed AS DATE), now()
FROM (SELECT *, n, CAST(pow(((i * 7919 + n * 104729) % 100003) / 100003.0, 2.6) * 160 AS INTEGER) AS p
      FROM ready, range(2) AS t(n));
INSERT INTO order_attribution (klaviyo_public_id, order_id, order_date, channel, source_type, campaign_id, flow_id,
    message_id, updated_at)
SELECT '{account}', 'o' || i, CAST(placed AS DATE),
    CASE WHEN r2 < 0.74 THEN 'email' WHEN r2 < 0.93 THEN 'sms' ELSE 'push' END,
    CASE WHEN r1 < 0.2 THEN 'campaign' ELSE 'flow' END, CASE WHEN r1 < 0.2 THEN 'K' || (date_diff('week', DATE '2024-01-01', day))
    ELSE '' END, CASE WHEN r1 < 0.2 THEN '' ELSE 'F' || (i % 7) END, 'm' || (i % 31), now()
FROM ready WHERE r1 < 0.37;
INSERT INTO klaviyo_campaigns (klaviyo_public_id, campaign_id, name, status, created_at)
SELECT DISTINCT '{account}', campaign_id, list_extract(['New in', 'Weekend edit', 'Last sizes', 'Members first', 'Restock'],
    1 + CAST(substr(campaign_id, 2) AS INTEGER) % 5) || ', week ' || substr(campaign_id, 2), 'Sent', now()
FROM order_attribution WHERE campaign_id <> '';
INSERT INTO klaviyo_flows (klaviyo_public_id, flow_id, name, status, created_at, updated_at)
SELECT '{account}', 'F' || n, list_extract(['Welcome series', 'Abandoned cart', 'Browse abandonment', 'Post-purchase',
    'Win-back', 'Back in stock', 'Birthday'], 1 + n), 'live', now(), now() FROM range(7) AS t(n);
INSERT INTO order_deductions
SELECT '{account}', 'd' || i, 'o' || i, 'c' || customer, CASE WHEN r4 > 0.985 THEN 'cancelled' ELSE 'refund' END,
    (placed + INTERVAL 1 DAY * (1 + i % 20)) AT TIME ZONE 'Europe/Berlin', CAST(placed + INTERVAL 1 DAY * (1 + i % 20) AS DATE),
    CAST(placed AS DATE), CASE WHEN r4 > 0.985 OR i % 2 = 0 THEN value ELSE round(value / 2, 2) END
FROM ready WHERE (r4 > 0.985 OR r4 < 0.06) AND r6 <= 0.997 AND placed + INTERVAL 1 DAY * (1 + i % 20) < CAST('{now}' AS TIMESTAMP);
