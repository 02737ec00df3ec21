-- purpose: numbers of all customers, in the order of their ids
-- grain: one row a customer with an order that counts
CREATE OR REPLACE TEMP TABLE customer_codes AS
SELECT customer_id, place, CAST(row_number() OVER (ORDER BY customer_id) AS INTEGER) AS code
FROM customer_orders
