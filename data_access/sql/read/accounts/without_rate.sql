-- purpose: orders that no exchange rate turns into the account's currency
-- grain: one row a currency of such orders, most orders first
-- reads: klaviyo_orders
SELECT currency, count(*) AS orders
FROM klaviyo_orders
WHERE order_value_account IS NULL
GROUP BY currency
ORDER BY count(*) DESC, currency
