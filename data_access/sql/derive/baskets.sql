-- purpose: the account's baskets, of all days
-- grain: one row an order with lines
-- params: account String
SELECT order_date, products FROM order_baskets WHERE klaviyo_public_id = :account
