-- purpose: every day and customer of an account, before a rebuild takes their orders away, and the mark of a rebuild
-- grain: one row a day (kind 'order_day', ISO date), one a customer, one of kind 'everything' with the zone that held before
-- params: account String, old_timezone String
SELECT DISTINCT 'order_day' AS kind, CAST(order_date AS VARCHAR) AS key FROM klaviyo_orders WHERE klaviyo_public_id = :account
UNION ALL
SELECT DISTINCT 'customer', customer_id FROM klaviyo_orders WHERE klaviyo_public_id = :account
UNION ALL
SELECT 'everything', :old_timezone
