-- purpose: the states of customers from their counted orders and what they bought
-- grain: one row a customer with an order that counts
-- params: account String, row_version DateTime64(6)
-- Names by their place in the order of their bytes: what follows sorts and groups millions of lines.
CREATE OR REPLACE TEMPORARY TABLE bought_names ENGINE = Memory AS
SELECT code, name, toInt32(row_number() OVER (ORDER BY name)) AS place
FROM purchase_names
WHERE klaviyo_public_id = :account
    AND code IN (SELECT category FROM bought_lines UNION ALL SELECT brand FROM bought_lines)
-- @next
CREATE OR REPLACE TEMPORARY TABLE bought_categories ENGINE = Log AS
SELECT
    t.customer AS customer, arraySort(groupArray(n.place)) AS places,
    -- The largest total, of equal ones the first name.
    argMax(n.place, (t.total, -n.place)) AS favorite
FROM (
    SELECT customer, category AS code, sum(cents) AS total
    FROM bought_lines
    WHERE category > 0
    GROUP BY customer, category
) AS t
JOIN bought_names AS n ON n.code = t.code
GROUP BY t.customer
-- @next
CREATE OR REPLACE TEMPORARY TABLE bought_brands ENGINE = Log AS
SELECT
    t.customer AS customer, arraySort(groupArray(n.place)) AS places, argMax(n.place, (t.total, -n.place)) AS favorite
FROM (
    SELECT customer, brand AS code, sum(cents) AS total
    FROM bought_lines
    WHERE brand > 0
    GROUP BY customer, brand
) AS t
JOIN bought_names AS n ON n.code = t.code
GROUP BY t.customer
-- @next
CREATE OR REPLACE TEMPORARY TABLE bought_products ENGINE = Log AS
SELECT customer, toUInt32(uniqExact(product)) AS products
FROM bought_lines
WHERE product > 0
GROUP BY customer
-- @next
INSERT INTO customer_states (
    klaviyo_public_id, customer_id, customer_email, total_orders, total_revenue, total_refunds, first_order_date,
    last_order_date, order_days, discounted_orders, priced_discounts, discount_total, weekend_orders,
    preferred_order_hour, favorite_category, favorite_brand, categories_purchased, brands_purchased,
    unique_products_purchased, code, updated_at, is_deleted
)
WITH (SELECT groupArray(name) FROM (SELECT name FROM bought_names ORDER BY place)) AS names
SELECT
    -- An e-mail is in lower case already; where there is none, the id stands as it is: case tells two ids apart.
    :account, s.customer_id, coalesce(nullIf(trimBoth(s.email), ''), s.customer_id), s.total_orders,
    s.total_revenue, s.total_refunds, s.first_order_date, s.last_order_date, s.order_days, s.discounted_orders,
    s.priced_discounts, s.discount_total, s.weekend_orders,
    arraySort(hour -> (-toInt64(countEqual(s.hours, hour)), hour), arrayDistinct(s.hours))[1],
    nullIf(names[c.favorite], ''), nullIf(names[b.favorite], ''), arrayMap(place -> names[place], c.places),
    arrayMap(place -> names[place], b.places), coalesce(p.products, 0), k.code, :row_version, 0
FROM customer_orders AS s
JOIN customer_codes AS k ON k.customer_id = s.customer_id
LEFT JOIN bought_categories AS c ON c.customer = k.code
LEFT JOIN bought_brands AS b ON b.customer = k.code
LEFT JOIN bought_products AS p ON p.customer = k.code
-- @next
DROP TEMPORARY TABLE bought_lines
-- @next
INSERT INTO customer_histories (klaviyo_public_id, customer_id, orders, updated_at, is_deleted)
SELECT :account, customer_id, orders, :row_version, 0
FROM customer_orders
