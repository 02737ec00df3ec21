-- purpose: what all customers bought, by day; a category is the product type, else the first collection
-- grain: one row a customer, day, product, category and brand
-- params: account String
-- Names as numbers in the order of their bytes: what follows sorts and groups millions of lines.
CREATE OR REPLACE TEMP TABLE line_kinds AS
SELECT DISTINCT product_type, coalesce(collections[1], '') AS collection, product_brand
FROM klaviyo_order_line_items
WHERE klaviyo_public_id = :account
-- @next
INSERT INTO purchase_names (klaviyo_public_id, code, name)
SELECT :account, row_number() OVER (ORDER BY name), name
FROM (
    SELECT CASE WHEN product_type <> '' THEN product_type ELSE collection END AS name FROM line_kinds
    UNION
    SELECT product_brand FROM line_kinds
    UNION
    SELECT product_id FROM klaviyo_order_line_items WHERE klaviyo_public_id = :account
) AS names
WHERE name <> ''
-- @next
CREATE OR REPLACE TEMP TABLE line_names AS
SELECT name, code FROM purchase_names WHERE klaviyo_public_id = :account
-- @next
CREATE OR REPLACE TEMP TABLE bought_lines AS
SELECT
    k.code AS customer, o.order_date, coalesce(p.code, 0) AS product, coalesce(c.code, 0) AS category,
    coalesce(b.code, 0) AS brand, CAST(sum(CAST(coalesce(l.line_total_account, 0) * 100 AS BIGINT)) AS BIGINT) AS cents
FROM klaviyo_order_line_items AS l
JOIN counted_orders AS o ON o.order_id = l.order_id
JOIN customer_codes AS k ON k.customer_id = o.customer_id
LEFT JOIN line_names AS p ON p.name = l.product_id
LEFT JOIN line_names AS c
    ON c.name = CASE WHEN l.product_type <> '' THEN l.product_type ELSE coalesce(l.collections[1], '') END
LEFT JOIN line_names AS b ON b.name = l.product_brand
WHERE l.klaviyo_public_id = :account
GROUP BY ALL
-- @next
INSERT INTO customer_purchases (klaviyo_public_id, customer, order_date, product, category, brand, cents)
SELECT :account, customer, order_date, product, category, brand, cents
FROM bought_lines
