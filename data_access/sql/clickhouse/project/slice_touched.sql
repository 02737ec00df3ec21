-- purpose: days and customers that a slice changes: as they are before it, and as they will be
-- grain: one row a day (kind 'order_day', ISO date) and one a customer
-- params: account String
WITH changed AS (
    SELECT order_id FROM accepted_orders
    UNION
    SELECT original_order_id FROM incoming_refunds WHERE reason IS NULL
),
moved AS (
    SELECT k.order_date AS order_date, k.customer_id AS customer_id, r.customer_id AS moved_to
    FROM klaviyo_orders AS k
    JOIN revised_profiles AS r ON r.profile_id = k.customer_id
    WHERE k.klaviyo_public_id = :account
        AND (r.customer_id <> k.customer_id OR ifNull(
            r.customer_email <> k.customer_email, (r.customer_email IS NULL) <> (k.customer_email IS NULL)
        ))
),
days AS (
    SELECT order_date FROM accepted_orders
    UNION
    SELECT order_date FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM changed)
    UNION
    SELECT order_date FROM moved
    UNION
    SELECT order_date FROM changed_attribution
),
customers AS (
    SELECT customer_id FROM accepted_orders
    UNION
    SELECT customer_id FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM changed)
    UNION
    SELECT customer_id FROM moved
    UNION
    SELECT moved_to FROM moved
)
SELECT 'order_day' AS kind, toString(order_date) AS key FROM days
UNION ALL
SELECT 'customer', customer_id FROM customers
