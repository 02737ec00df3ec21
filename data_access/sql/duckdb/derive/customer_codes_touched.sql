-- purpose: numbers of the touched customers: those that they have, of new ones the next
-- grain: one row a touched customer; place: NULL where no order counts any more
-- params: account String
CREATE OR REPLACE TEMP TABLE known_codes AS
SELECT customer_id, code
FROM customer_states
WHERE klaviyo_public_id = :account AND customer_id IN (SELECT customer_id FROM touched_customers)
-- @next
CREATE OR REPLACE TEMP TABLE customer_codes AS
SELECT k.customer_id, o.place, k.code
FROM known_codes AS k
LEFT JOIN customer_orders AS o ON o.customer_id = k.customer_id
UNION ALL
SELECT
    n.customer_id, n.place,
    CAST(m.code + row_number() OVER (ORDER BY n.customer_id) AS INTEGER)
FROM customer_orders AS n
CROSS JOIN (SELECT coalesce(max(code), 0) AS code FROM customer_states WHERE klaviyo_public_id = :account) AS m
WHERE n.customer_id NOT IN (SELECT customer_id FROM known_codes)
