-- purpose: puts pseudonyms in the place of customers who were forgotten, before anything of them leaves the file
-- grain: the orders of `erased_names` (name, pseudonym)
UPDATE klaviyo_orders SET
    customer_id = e.pseudonym, customer_email = e.pseudonym, shipping_city = '', shipping_state = '', shipping_zip = '',
    customer_tags = []
FROM erased_names AS e
WHERE klaviyo_orders.customer_id = e.name
