-- purpose: how many orders an account has, to open the store that most people come for
-- grain: one row
-- reads: klaviyo_orders
SELECT count(*) AS orders FROM klaviyo_orders
