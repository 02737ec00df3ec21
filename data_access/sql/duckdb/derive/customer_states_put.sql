-- purpose: the states of customers from their counted orders and what they bought
-- grain: one row a customer with an order that counts
-- params: account String
-- The largest total, of equal ones the first name: both in one number.
CREATE OR REPLACE TEMP TABLE bought_categories AS
SELECT
    t.customer, list_sort(list(n.name)) AS names,
    4294967295 - (max(t.cents * 4294967296 + (4294967295 - t.code)) & 4294967295) AS favorite
FROM (
    SELECT customer, category AS code, CAST(sum(cents) AS HUGEINT) AS cents
    FROM bought_lines
    WHERE category > 0
    GROUP BY customer, category
) AS t
JOIN line_names AS n ON n.code = t.code
GROUP BY t.customer
-- @next
CREATE OR REPLACE TEMP TABLE bought_brands AS
SELECT
    t.customer, list_sort(list(n.name)) AS names,
    4294967295 - (max(t.cents * 4294967296 + (4294967295 - t.code)) & 4294967295) AS favorite
FROM (
    SELECT customer, brand AS code, CAST(sum(cents) AS HUGEINT) AS cents
    FROM bought_lines
    WHERE brand > 0
    GROUP BY customer, brand
) AS t
JOIN line_names AS n ON n.code = t.code
GROUP BY t.customer
-- @next
CREATE OR REPLACE TEMP TABLE bought_products AS
SELECT customer, count(*) AS products
FROM (SELECT DISTINCT customer, product FROM bought_lines WHERE product > 0) AS bought
GROUP BY customer
-- @next
INSERT INTO customer_states (
    klaviyo_public_id, customer_id, customer_email, total_orders, total_revenue, total_refunds, first_order_date,
    last_order_date, order_days, discounted_orders, priced_discounts, discount_total, weekend_orders,
    preferred_order_hour, favorite_category, favorite_brand, categories_purchased, brands_purchased,
    unique_products_purchased, code
)
SELECT
    -- An e-mail is in lower case already; where there is none, the id stands as it is: case tells two ids apart.
    :account, s.customer_id, coalesce(nullif(trim(coalesce(e.email, s.email)), ''), s.customer_id),
    s.total_orders, s.total_revenue, s.total_refunds, s.first_order_date, s.last_order_date, list_unique(s.days),
    s.discounted_orders, s.priced_discounts, s.discount_total, s.weekend_orders,
    -- Of equally frequent ones the first in the list, which is sorted.
    list_aggregate(list_sort(s.hours), 'mode'),
    fc.name, fb.name, coalesce(c.names, []), coalesce(b.names, []), coalesce(p.products, 0), k.code
FROM customer_orders AS s
JOIN customer_codes AS k ON k.place = s.place
LEFT JOIN latest_emails AS e ON e.customer_id = s.customer_id
LEFT JOIN bought_categories AS c ON c.customer = k.code
LEFT JOIN line_names AS fc ON fc.code = c.favorite
LEFT JOIN bought_brands AS b ON b.customer = k.code
LEFT JOIN line_names AS fb ON fb.code = b.favorite
LEFT JOIN bought_products AS p ON p.customer = k.code
-- @next
DROP TABLE bought_lines
-- @next
INSERT INTO customer_histories (klaviyo_public_id, customer_id, orders)
SELECT :account, customer_id, list_sort(orders)
FROM customer_orders
