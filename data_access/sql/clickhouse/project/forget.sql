-- purpose: empties an account's projection before a rebuild; orders from before the events' horizon are frozen
-- grain: the rows of events that are still there
-- params: account String, horizon DateTime64(6), row_version DateTime64(6)
INSERT INTO order_deductions
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM order_deductions
WHERE klaviyo_public_id = :account AND order_id IN (
    SELECT order_id FROM klaviyo_orders WHERE klaviyo_public_id = :account AND order_timestamp >= :horizon
)
-- @next
INSERT INTO order_attribution
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM order_attribution
WHERE klaviyo_public_id = :account AND order_id IN (
    SELECT order_id FROM klaviyo_orders WHERE klaviyo_public_id = :account AND order_timestamp >= :horizon
)
-- @next
INSERT INTO klaviyo_order_line_items
SELECT * REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM klaviyo_order_line_items
WHERE klaviyo_public_id = :account AND order_id IN (
    SELECT order_id FROM klaviyo_orders WHERE klaviyo_public_id = :account AND order_timestamp >= :horizon
)
-- @next
INSERT INTO klaviyo_orders
SELECT * REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND order_timestamp >= :horizon
-- @next
INSERT INTO refund_cancelled_orders
SELECT * REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM refund_cancelled_orders
WHERE klaviyo_public_id = :account AND event_timestamp >= :horizon
-- @next
INSERT INTO projection_rejects
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM projection_rejects
WHERE klaviyo_public_id = :account AND event_timestamp >= :horizon
