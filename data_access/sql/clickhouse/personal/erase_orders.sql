-- purpose: puts pseudonyms in the place of a person in the warehouse: whatever an order came to stays as it is
-- grain: the rows of `erased_names` (name, pseudonym)
-- params: account String, row_version DateTime64(6)
INSERT INTO klaviyo_orders
SELECT k.* REPLACE (
    e.pseudonym AS customer_id, e.pseudonym AS customer_email, '' AS shipping_city, '' AS shipping_state,
    '' AS shipping_zip, [] AS customer_tags, :row_version AS inserted_at
)
FROM klaviyo_orders AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
-- @next
INSERT INTO refund_cancelled_orders
SELECT k.* REPLACE (
    e.pseudonym AS profile_id, '{}' AS event_properties, '{}' AS profile_properties, :row_version AS inserted_at
)
FROM refund_cancelled_orders AS k
JOIN erased_names AS e ON e.name = k.profile_id
WHERE k.klaviyo_public_id = :account
-- @next
INSERT INTO refund_cancelled_orders
SELECT k.* REPLACE (
    e.pseudonym AS customer_id, e.pseudonym AS customer_email, '{}' AS event_properties,
    '{}' AS profile_properties, :row_version AS inserted_at
)
FROM refund_cancelled_orders AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
UNION ALL
-- The customer is part of the key: under the earlier one the row is no more.
SELECT k.* REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM refund_cancelled_orders AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
-- @next
INSERT INTO order_deductions
SELECT k.* REPLACE (
    e.pseudonym AS customer_id, :row_version AS updated_at
)
FROM order_deductions AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
-- @next
INSERT INTO segment_memberships
SELECT k.* REPLACE (
    e.pseudonym AS profile_id, :row_version AS updated_at
)
FROM segment_memberships AS k
JOIN erased_names AS e ON e.name = k.profile_id
WHERE k.klaviyo_public_id = :account
UNION ALL
SELECT k.* REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM segment_memberships AS k
JOIN erased_names AS e ON e.name = k.profile_id
WHERE k.klaviyo_public_id = :account
-- @next
INSERT INTO customer_profiles
SELECT k.* REPLACE (
    e.pseudonym AS customer_id, e.pseudonym AS customer_email, :row_version AS last_updated
)
FROM customer_profiles AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
UNION ALL
SELECT k.* REPLACE (:row_version AS last_updated, 1 AS is_deleted)
FROM customer_profiles AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
-- @next
INSERT INTO customer_states
SELECT k.* REPLACE (
    e.pseudonym AS customer_id, e.pseudonym AS customer_email, :row_version AS updated_at
)
FROM customer_states AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
UNION ALL
SELECT k.* REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM customer_states AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
-- @next
INSERT INTO customer_histories
SELECT k.* REPLACE (
    e.pseudonym AS customer_id, :row_version AS updated_at
)
FROM customer_histories AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
UNION ALL
SELECT k.* REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM customer_histories AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
-- @next
INSERT INTO customer_values
SELECT k.* REPLACE (
    e.pseudonym AS customer_id, :row_version AS updated_at
)
FROM customer_values AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
UNION ALL
SELECT k.* REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM customer_values AS k
JOIN erased_names AS e ON e.name = k.customer_id
WHERE k.klaviyo_public_id = :account
