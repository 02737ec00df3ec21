-- purpose: puts the blocks of all customers' orders in place of those before
-- grain: one row a block
-- params: account String
DELETE FROM customer_history_blocks WHERE klaviyo_public_id = :account
-- @next
INSERT INTO customer_history_blocks BY NAME
SELECT :account AS klaviyo_public_id, b.*
FROM history_blocks AS b
