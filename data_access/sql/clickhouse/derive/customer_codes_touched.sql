-- purpose: numbers of the touched customers: those that they have, of new ones the next
-- grain: one row a touched customer
-- params: account String
CREATE OR REPLACE TEMPORARY TABLE customer_codes ENGINE = Memory AS
WITH known AS (
    SELECT customer_id, assumeNotNull(code) AS code
    FROM customer_states
    WHERE klaviyo_public_id = :account AND customer_id IN (SELECT customer_id FROM touched_customers)
),
greatest AS (
    SELECT coalesce(max(code), 0) AS code FROM customer_states WHERE klaviyo_public_id = :account
)
SELECT customer_id, code FROM known
UNION ALL
SELECT n.customer_id AS customer_id, toInt32(g.code + row_number() OVER (ORDER BY n.customer_id)) AS code
FROM customer_orders AS n
CROSS JOIN greatest AS g
WHERE n.customer_id NOT IN (SELECT customer_id FROM known)
