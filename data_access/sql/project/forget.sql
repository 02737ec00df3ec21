-- purpose: empties an account's projection before a rebuild; orders from before the events' horizon are frozen
-- grain: the rows of events that are still there
-- params: account String, horizon DateTime64(6)
DELETE FROM order_deductions
WHERE klaviyo_public_id = :account AND order_id IN (
    SELECT order_id FROM klaviyo_orders WHERE klaviyo_public_id = :account AND order_timestamp >= :horizon
)
-- @next
DELETE FROM order_attribution
WHERE klaviyo_public_id = :account AND order_id IN (
    SELECT order_id FROM klaviyo_orders WHERE klaviyo_public_id = :account AND order_timestamp >= :horizon
)
-- @next
DELETE FROM klaviyo_order_line_items
WHERE klaviyo_public_id = :account AND order_id IN (
    SELECT order_id FROM klaviyo_orders WHERE klaviyo_public_id = :account AND order_timestamp >= :horizon
)
-- @next
DELETE FROM klaviyo_orders WHERE klaviyo_public_id = :account AND order_timestamp >= :horizon
-- @next
DELETE FROM refund_cancelled_orders WHERE klaviyo_public_id = :account AND event_timestamp >= :horizon
-- @next
DELETE FROM projection_rejects WHERE klaviyo_public_id = :account AND event_timestamp >= :horizon
