-- purpose: takes all customers' profiles away
-- grain: one row a customer
-- params: account String, row_version DateTime64(6)
INSERT INTO customer_profiles
SELECT * REPLACE (:row_version AS last_updated, 1 AS is_deleted)
FROM customer_profiles
WHERE klaviyo_public_id = :account
