-- purpose: takes orders out of the warehouse, with all that belongs to them
-- grain: the rows of those orders
-- params: account String, row_version DateTime64(6)
INSERT INTO order_deductions
SELECT d.* REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM order_deductions AS d
WHERE d.klaviyo_public_id = :account AND d.order_id IN (SELECT order_id FROM affected_orders)
-- @next
INSERT INTO refund_cancelled_orders
SELECT f.* REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM refund_cancelled_orders AS f
WHERE f.klaviyo_public_id = :account AND f.original_order_id IN (SELECT order_id FROM affected_orders)
-- @next
INSERT INTO klaviyo_order_line_items
SELECT l.* REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM klaviyo_order_line_items AS l
WHERE l.klaviyo_public_id = :account AND l.order_id IN (SELECT order_id FROM affected_orders)
-- @next
INSERT INTO klaviyo_orders
SELECT o.* REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM klaviyo_orders AS o
WHERE o.klaviyo_public_id = :account AND o.order_id IN (SELECT order_id FROM affected_orders)
