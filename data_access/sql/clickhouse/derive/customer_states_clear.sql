-- purpose: takes all customers' states away before they are made anew
-- grain: one row a customer
-- params: account String, row_version DateTime64(6)
INSERT INTO customer_states
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM customer_states
WHERE klaviyo_public_id = :account
-- @next
INSERT INTO customer_histories
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM customer_histories
WHERE klaviyo_public_id = :account
-- @next
INSERT INTO purchase_names
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM purchase_names
WHERE klaviyo_public_id = :account
-- @next
INSERT INTO customer_purchases
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM customer_purchases
WHERE klaviyo_public_id = :account
