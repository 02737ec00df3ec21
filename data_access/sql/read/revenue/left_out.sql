-- purpose: what the revenue page must say about its figures: orders without a rate, young orders, length of history
-- grain: one row a currency without a rate (kind 'unpriced'), one for young orders, one for the first day, one for rejects
-- params: start Date, end Date, young_from Date
-- reads: klaviyo_orders, projection_rejects
SELECT 'unpriced' AS kind, currency AS key, count(*) AS amount, CAST(NULL AS DATE) AS day
FROM klaviyo_orders
WHERE order_date BETWEEN :start AND :end AND order_value_account IS NULL
GROUP BY currency
UNION ALL
SELECT 'immature', '', count(*), CAST(NULL AS DATE)
FROM klaviyo_orders
WHERE order_date BETWEEN :start AND :end AND order_date >= :young_from
UNION ALL
SELECT 'history', '', count(*), min(order_date)
FROM klaviyo_orders
UNION ALL
SELECT 'rejected', '', count(*), CAST(NULL AS DATE)
FROM projection_rejects
