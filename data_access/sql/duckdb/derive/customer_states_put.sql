-- purpose: what the counted orders and their lines come to by customer. Sums are in the account's currency and leave out
-- purpose: what no rate turns into it; a category is the product type, else the first collection
-- grain: one row a customer with an order that counts
-- params: account String
CREATE OR REPLACE TEMP TABLE customer_orders AS
SELECT
    row_number() OVER () AS place, *
FROM (
    SELECT
        customer_id, min(customer_email) AS email, max(customer_email) AS other_email, count(*) AS total_orders,
        coalesce(sum(order_value_account), 0) AS total_revenue, sum(deducted) AS total_refunds,
        min(order_date) AS first_order_date, max(order_date) AS last_order_date, list(order_date) AS days,
        sum(CASE WHEN discount_amount > 0 THEN 1 ELSE 0 END) AS discounted_orders,
        sum(CASE WHEN discount_amount > 0 AND discount_amount_account IS NOT NULL THEN 1 ELSE 0 END) AS priced_discounts,
        coalesce(sum(CASE WHEN discount_amount > 0 THEN discount_amount_account END), 0) AS discount_total,
        sum(CASE WHEN isodow(order_date) > 5 THEN 1 ELSE 0 END) AS weekend_orders,
        list(order_hour) AS hours
    FROM counted_orders
    GROUP BY customer_id
) AS sums
-- @next
-- Orders of one customer that name several e-mails: the latest holds.
CREATE OR REPLACE TEMP TABLE latest_emails AS
SELECT customer_id, arg_max(customer_email, (order_timestamp, order_id)) AS email
FROM counted_orders
WHERE customer_email IS NOT NULL
    AND customer_id IN (SELECT customer_id FROM customer_orders WHERE email <> other_email)
GROUP BY customer_id
-- @next
-- Names as numbers in the order of their bytes: what follows sorts and groups millions of lines.
CREATE OR REPLACE TEMP TABLE line_kinds AS
SELECT DISTINCT product_type, coalesce(collections[1], '') AS collection, product_brand, product_id
FROM klaviyo_order_line_items
WHERE klaviyo_public_id = :account
-- @next
CREATE OR REPLACE TEMP TABLE line_names AS
SELECT name, CAST(row_number() OVER (ORDER BY name) AS INTEGER) AS code
FROM (
    SELECT CASE WHEN product_type <> '' THEN product_type ELSE collection END AS name FROM line_kinds
    UNION
    SELECT product_brand FROM line_kinds
) AS names
WHERE name <> ''
-- @next
CREATE OR REPLACE TEMP TABLE bought_lines AS
SELECT
    s.place, l.product_id, c.code AS category, b.code AS brand,
    CAST(coalesce(l.line_total_account, 0) * 100 AS BIGINT) AS cents
FROM klaviyo_order_line_items AS l
JOIN counted_orders AS o ON o.order_id = l.order_id
JOIN customer_orders AS s ON s.customer_id = o.customer_id
LEFT JOIN line_names AS c
    ON c.name = CASE WHEN l.product_type <> '' THEN l.product_type ELSE coalesce(l.collections[1], '') END
LEFT JOIN line_names AS b ON b.name = l.product_brand
WHERE l.klaviyo_public_id = :account
-- @next
-- The largest total, of equal ones the first name: both in one number.
CREATE OR REPLACE TEMP TABLE bought_categories AS
SELECT
    t.place, list_sort(list(n.name)) AS names,
    4294967295 - (max(t.cents * 4294967296 + (4294967295 - t.code)) & 4294967295) AS favorite
FROM (
    SELECT place, category AS code, CAST(sum(cents) AS HUGEINT) AS cents
    FROM bought_lines
    WHERE category IS NOT NULL
    GROUP BY place, category
) AS t
JOIN line_names AS n ON n.code = t.code
GROUP BY t.place
-- @next
CREATE OR REPLACE TEMP TABLE bought_brands AS
SELECT
    t.place, list_sort(list(n.name)) AS names,
    4294967295 - (max(t.cents * 4294967296 + (4294967295 - t.code)) & 4294967295) AS favorite
FROM (
    SELECT place, brand AS code, CAST(sum(cents) AS HUGEINT) AS cents
    FROM bought_lines
    WHERE brand IS NOT NULL
    GROUP BY place, brand
) AS t
JOIN line_names AS n ON n.code = t.code
GROUP BY t.place
-- @next
CREATE OR REPLACE TEMP TABLE bought_products AS
SELECT place, count(*) AS products
FROM (SELECT DISTINCT place, product_id FROM bought_lines WHERE product_id <> '') AS bought
GROUP BY place
-- @next
INSERT INTO customer_states (
    klaviyo_public_id, customer_id, customer_email, total_orders, total_revenue, total_refunds, first_order_date,
    last_order_date, order_days, discounted_orders, priced_discounts, discount_total, weekend_orders,
    preferred_order_hour, favorite_category, favorite_brand, categories_purchased, brands_purchased,
    unique_products_purchased
)
SELECT
    :account, s.customer_id, coalesce(nullif(lower(trim(coalesce(e.email, s.email))), ''), s.customer_id),
    s.total_orders, s.total_revenue, s.total_refunds, s.first_order_date, s.last_order_date, list_unique(s.days),
    s.discounted_orders, s.priced_discounts, s.discount_total, s.weekend_orders,
    -- Of equally frequent ones the first in the list, which is sorted.
    list_aggregate(list_sort(s.hours), 'mode'),
    fc.name, fb.name, coalesce(c.names, []), coalesce(b.names, []), coalesce(p.products, 0)
FROM customer_orders AS s
LEFT JOIN latest_emails AS e ON e.customer_id = s.customer_id
LEFT JOIN bought_categories AS c ON c.place = s.place
LEFT JOIN line_names AS fc ON fc.code = c.favorite
LEFT JOIN bought_brands AS b ON b.place = s.place
LEFT JOIN line_names AS fb ON fb.code = b.favorite
LEFT JOIN bought_products AS p ON p.place = s.place
-- @next
DROP TABLE bought_lines
