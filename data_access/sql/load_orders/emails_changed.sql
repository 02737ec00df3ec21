-- purpose: customers whose e-mail is another one since their newest order, or is another customer's by now
-- grain: one row a customer whose orders say otherwise: profile_id, customer_id (the same), customer_email as it is now
-- params: account String
WITH told AS (
    SELECT
        customer_id, customer_email,
        row_number() OVER (PARTITION BY customer_id ORDER BY order_timestamp DESC, order_id DESC) AS place,
        order_timestamp
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND customer_email <> customer_id
),
owned AS (
    -- An address is one customer's: the one who used it last.
    SELECT
        customer_id, customer_email,
        row_number() OVER (PARTITION BY customer_email ORDER BY order_timestamp DESC, customer_id) AS place
    FROM told
    WHERE place = 1
),
wanted AS (
    SELECT DISTINCT k.customer_id AS customer_id, coalesce(o.customer_email, k.customer_id) AS customer_email
    FROM klaviyo_orders AS k
    LEFT JOIN (SELECT customer_id, customer_email FROM owned WHERE place = 1) AS o ON o.customer_id = k.customer_id
    WHERE k.klaviyo_public_id = :account
)
SELECT DISTINCT w.customer_id AS profile_id, w.customer_id AS customer_id, w.customer_email AS customer_email
FROM wanted AS w
JOIN klaviyo_orders AS k ON k.klaviyo_public_id = :account AND k.customer_id = w.customer_id
WHERE k.customer_email <> w.customer_email
