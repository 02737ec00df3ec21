-- purpose: the customers of a file's orders
-- grain: one row a customer and e-mail
SELECT DISTINCT customer_id, customer_email FROM klaviyo_orders
