-- purpose: orders from files of which it was not noted which load brought them
-- grain: one row
-- params: account String
SELECT count(*) AS orders
FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND event_id = concat('file:', order_id)
