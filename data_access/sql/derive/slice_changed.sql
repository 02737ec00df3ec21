-- purpose: orders that a slice changes, and customers whose orders it changes or moves, as they are before and after it
-- grain: one row an order and day (kind 'order'), one a customer and day of such an order (kind 'customer'); known: the
-- grain: order was there before
-- params: account String
WITH before AS (
    SELECT order_id, order_date, customer_id
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM affected_orders)
),
moved AS (
    SELECT k.order_date AS order_date, k.customer_id AS customer_id, r.customer_id AS moved_to
    FROM klaviyo_orders AS k
    JOIN revised_profiles AS r ON r.profile_id = k.customer_id
    WHERE k.klaviyo_public_id = :account
        AND (r.customer_id <> k.customer_id OR coalesce(r.customer_email, '') <> coalesce(k.customer_email, ''))
)
SELECT
    'order' AS kind, a.order_id AS key, a.order_date AS day, CAST(b.order_id IS NOT NULL AS Bool) AS known
FROM accepted_orders AS a
LEFT JOIN before AS b ON b.order_id = a.order_id
UNION ALL
SELECT 'order', order_id, order_date, CAST(1 AS Bool) FROM before
UNION ALL
SELECT 'customer', customer_id, order_date, CAST(1 AS Bool) FROM before
UNION ALL
SELECT 'customer', a.customer_id, a.order_date, CAST(1 AS Bool)
FROM accepted_orders AS a
JOIN before AS b ON b.order_id = a.order_id
UNION ALL
SELECT 'customer', customer_id, order_date, CAST(1 AS Bool) FROM moved GROUP BY customer_id, order_date
UNION ALL
SELECT 'customer', moved_to, order_date, CAST(1 AS Bool) FROM moved GROUP BY moved_to, order_date
