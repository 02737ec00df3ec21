-- purpose: moves orders, refunds and deductions to the customers that revised profiles are now
-- grain: the rows of revised profiles
-- params: account String, row_version DateTime64(6)
INSERT INTO klaviyo_orders
SELECT k.* REPLACE (
    r.customer_id AS customer_id, r.customer_email AS customer_email, :row_version AS inserted_at
)
FROM klaviyo_orders AS k
JOIN revised_profiles AS r ON r.profile_id = k.customer_id
WHERE k.klaviyo_public_id = :account AND (r.customer_id <> k.customer_id OR ifNull(
        r.customer_email <> k.customer_email, (r.customer_email IS NULL) <> (k.customer_email IS NULL)
    ))
-- @next
INSERT INTO refund_cancelled_orders
SELECT k.* REPLACE (
    r.customer_id AS customer_id, r.customer_email AS customer_email, :row_version AS inserted_at
)
FROM refund_cancelled_orders AS k
JOIN revised_profiles AS r ON r.profile_id = k.customer_id
WHERE k.klaviyo_public_id = :account AND (r.customer_id <> k.customer_id OR ifNull(
        r.customer_email <> k.customer_email, (r.customer_email IS NULL) <> (k.customer_email IS NULL)
    ))
UNION ALL
-- The customer is part of the key: under the earlier one the row is no more.
SELECT k.* REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM refund_cancelled_orders AS k
JOIN revised_profiles AS r ON r.profile_id = k.customer_id
WHERE k.klaviyo_public_id = :account AND r.customer_id <> k.customer_id
-- @next
INSERT INTO order_deductions
SELECT k.* REPLACE (r.customer_id AS customer_id, :row_version AS updated_at)
FROM order_deductions AS k
JOIN revised_profiles AS r ON r.profile_id = k.customer_id
WHERE k.klaviyo_public_id = :account AND r.customer_id <> k.customer_id
