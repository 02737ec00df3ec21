-- purpose: what the touched customers bought: of the touched days from the lines of their orders, of others as it is kept
-- grain: one row a customer, day, product, category and brand; first, last: of the touched days
-- params: account String, first Date, last Date
DELETE FROM customer_purchases
WHERE klaviyo_public_id = :account AND order_date IN (SELECT day FROM touched_days)
    AND customer IN (SELECT code FROM customer_codes)
-- @next
CREATE OR REPLACE TEMP TABLE changed_lines AS
SELECT
    k.code AS customer, o.order_date, l.product_id, l.product_brand AS brand,
    CASE WHEN l.product_type <> '' THEN l.product_type ELSE coalesce(l.collections[1], '') END AS category,
    CAST(coalesce(l.line_total_account, 0) * 100 AS BIGINT) AS cents
FROM klaviyo_order_line_items AS l
JOIN counted_orders AS o ON o.order_id = l.order_id
JOIN customer_codes AS k ON k.customer_id = o.customer_id
WHERE l.klaviyo_public_id = :account AND l.order_date BETWEEN :first AND :last
    -- Both sides: of few days that lie far apart the lines of those between need not be unpacked.
    AND l.order_date IN (SELECT day FROM touched_days) AND o.order_date IN (SELECT day FROM touched_days)
-- @next
INSERT INTO purchase_names (klaviyo_public_id, code, name)
SELECT :account, m.code + row_number() OVER (ORDER BY n.name), n.name
FROM (
    SELECT category AS name FROM changed_lines
    UNION
    SELECT brand FROM changed_lines
    UNION
    SELECT product_id FROM changed_lines
) AS n
CROSS JOIN (SELECT coalesce(max(code), 0) AS code FROM purchase_names WHERE klaviyo_public_id = :account) AS m
WHERE n.name <> '' AND n.name NOT IN (SELECT name FROM purchase_names WHERE klaviyo_public_id = :account)
-- @next
INSERT INTO customer_purchases (klaviyo_public_id, customer, order_date, product, category, brand, cents)
SELECT
    :account, l.customer, l.order_date, coalesce(p.code, 0), coalesce(c.code, 0), coalesce(b.code, 0), sum(l.cents)
FROM changed_lines AS l
LEFT JOIN purchase_names AS p ON p.klaviyo_public_id = :account AND p.name = l.product_id
LEFT JOIN purchase_names AS c ON c.klaviyo_public_id = :account AND c.name = l.category
LEFT JOIN purchase_names AS b ON b.klaviyo_public_id = :account AND b.name = l.brand
GROUP BY l.customer, l.order_date, coalesce(p.code, 0), coalesce(c.code, 0), coalesce(b.code, 0)
-- @next
CREATE OR REPLACE TEMP TABLE kept_purchases AS
SELECT customer, product, category, brand, cents
FROM customer_purchases
WHERE klaviyo_public_id = :account AND customer IN (SELECT code FROM customer_codes)
-- @next
-- Names that came later have greater numbers: here they are numbered in the order of their bytes again.
CREATE OR REPLACE TEMP TABLE line_names AS
SELECT name, CAST(row_number() OVER (ORDER BY name) AS INTEGER) AS code, code AS kept
FROM purchase_names
WHERE klaviyo_public_id = :account
    AND code IN (SELECT category FROM kept_purchases UNION SELECT brand FROM kept_purchases)
-- @next
CREATE OR REPLACE TEMP TABLE bought_lines AS
SELECT k.customer, k.product, coalesce(c.code, 0) AS category, coalesce(b.code, 0) AS brand, k.cents
FROM kept_purchases AS k
LEFT JOIN line_names AS c ON c.kept = k.category
LEFT JOIN line_names AS b ON b.kept = k.brand
