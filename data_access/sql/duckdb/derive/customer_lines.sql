-- purpose: what all customers bought; a category is the product type, else the first collection
-- grain: one row a line of a counted order
-- params: account String
-- Names as numbers in the order of their bytes: what follows sorts and groups millions of lines.
CREATE OR REPLACE TEMP TABLE line_kinds AS
SELECT DISTINCT product_type, coalesce(collections[1], '') AS collection, product_brand
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
