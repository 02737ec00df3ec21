-- purpose: puts the blocks of all customers' orders in place of those before
-- grain: one row a block
-- params: account String, row_version DateTime64(6)
INSERT INTO customer_history_blocks (
    klaviyo_public_id, block, customers, orders_bytes, orders, days_bytes, days, cents_bytes, cents, updated_at,
    is_deleted
)
SELECT :account, block, customers, orders_bytes, orders, days_bytes, days, cents_bytes, cents, :row_version, 0
FROM history_blocks
-- @next
INSERT INTO customer_history_blocks (klaviyo_public_id, block, updated_at, is_deleted)
SELECT :account, block, :row_version, 1
FROM customer_history_blocks
WHERE klaviyo_public_id = :account AND block NOT IN (SELECT block FROM history_blocks)
