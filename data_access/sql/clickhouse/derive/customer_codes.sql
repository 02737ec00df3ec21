-- purpose: numbers of all customers, in the order of their ids
-- grain: one row a customer with an order that counts
CREATE OR REPLACE TEMPORARY TABLE customer_codes ENGINE = Log AS
SELECT customer_id, toInt32(row_number() OVER (ORDER BY customer_id)) AS code
FROM customer_orders
