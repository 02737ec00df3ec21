-- purpose: moves orders, refunds and deductions to the customers that revised profiles are now
-- grain: the rows of revised profiles
-- params: account String
UPDATE klaviyo_orders AS k
SET customer_id = r.customer_id, customer_email = r.customer_email
FROM revised_profiles AS r
WHERE k.klaviyo_public_id = :account AND k.customer_id = r.profile_id
    AND (r.customer_id <> k.customer_id OR r.customer_email IS DISTINCT FROM k.customer_email)
-- @next
UPDATE refund_cancelled_orders AS k
SET customer_id = r.customer_id, customer_email = r.customer_email
FROM revised_profiles AS r
WHERE k.klaviyo_public_id = :account AND k.customer_id = r.profile_id
    AND (r.customer_id <> k.customer_id OR r.customer_email IS DISTINCT FROM k.customer_email)
-- @next
UPDATE order_deductions AS k
SET customer_id = r.customer_id
FROM revised_profiles AS r
WHERE k.klaviyo_public_id = :account AND k.customer_id = r.profile_id AND r.customer_id <> k.customer_id
