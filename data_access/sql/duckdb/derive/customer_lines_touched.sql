-- purpose: what the touched customers bought; a category is the product type, else the first collection
-- grain: one row a line of a counted order
-- params: account String
CREATE OR REPLACE TEMP TABLE touched_lines AS
SELECT
    s.place, l.product_id, l.product_brand AS brand,
    CASE WHEN l.product_type <> '' THEN l.product_type ELSE coalesce(l.collections[1], '') END AS category,
    CAST(coalesce(l.line_total_account, 0) * 100 AS BIGINT) AS cents
FROM klaviyo_order_line_items AS l
JOIN counted_orders AS o ON o.order_id = l.order_id
JOIN customer_orders AS s ON s.customer_id = o.customer_id
WHERE l.klaviyo_public_id = :account
-- @next
CREATE OR REPLACE TEMP TABLE line_names AS
SELECT name, CAST(row_number() OVER (ORDER BY name) AS INTEGER) AS code
FROM (SELECT category AS name FROM touched_lines UNION SELECT brand FROM touched_lines) AS names
WHERE name <> ''
-- @next
CREATE OR REPLACE TEMP TABLE bought_lines AS
SELECT l.place, l.product_id, c.code AS category, b.code AS brand, l.cents
FROM touched_lines AS l
LEFT JOIN line_names AS c ON c.name = l.category
LEFT JOIN line_names AS b ON b.name = l.brand
