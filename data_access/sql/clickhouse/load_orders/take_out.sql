-- purpose: takes what was loaded before of the orders of a part, and does not come again, out of the warehouse
-- grain: the rows of those orders
-- params: account String, row_version DateTime64(6)
INSERT INTO order_deductions
SELECT d.* REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM order_deductions AS d
WHERE d.klaviyo_public_id = :account AND d.order_id IN (SELECT order_id FROM incoming_orders)
-- @next
INSERT INTO refund_cancelled_orders
SELECT f.* REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM refund_cancelled_orders AS f
WHERE f.klaviyo_public_id = :account AND f.original_order_id IN (SELECT order_id FROM incoming_orders)
-- @next
INSERT INTO klaviyo_order_line_items
SELECT l.* REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM klaviyo_order_line_items AS l
WHERE l.klaviyo_public_id = :account
    AND l.order_id IN (SELECT order_id FROM incoming_orders)
    AND (l.order_id, l.line_item_id) NOT IN (SELECT order_id, line_item_id FROM incoming_lines)
