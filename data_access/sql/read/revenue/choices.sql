-- purpose: what the revenue page can be filtered by
-- grain: one row a sales channel and one a country that an order holds, with its number of orders
-- reads: klaviyo_orders
SELECT 'channel' AS kind, channel AS key, count(*) AS orders FROM klaviyo_orders GROUP BY channel
UNION ALL
SELECT 'country', shipping_country, count(*) FROM klaviyo_orders GROUP BY shipping_country
