-- purpose: what all customers bought, by day; a category is the product type, else the first collection
-- grain: one row a customer, day, product, category and brand
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE changed_lines ENGINE = Memory AS
SELECT
    k.code AS customer, o.customer_id AS customer_id, o.order_date AS order_date,
    toLowCardinality(l.product_id) AS product_id,
    toLowCardinality(if(l.product_type <> '', l.product_type, if(notEmpty(l.collections), l.collections[1], '')))
        AS category,
    toLowCardinality(l.product_brand) AS brand,
    toInt64(coalesce(l.line_total_account, 0) * 100) AS cents
FROM klaviyo_order_line_items AS l
JOIN counted_orders AS o ON o.order_id = l.order_id
JOIN customer_codes AS k ON k.customer_id = o.customer_id
WHERE l.klaviyo_public_id = :account
-- @next
INSERT INTO purchase_names (klaviyo_public_id, code, name, updated_at, is_deleted)
SELECT :account, toInt32(row_number() OVER (ORDER BY name)), name, :row_version, 0
FROM (
    SELECT if(product_type <> '', product_type, if(notEmpty(collections), collections[1], '')) AS name
    FROM klaviyo_order_line_items
    WHERE klaviyo_public_id = :account
    UNION DISTINCT
    SELECT product_brand FROM klaviyo_order_line_items WHERE klaviyo_public_id = :account
    UNION DISTINCT
    SELECT product_id FROM klaviyo_order_line_items WHERE klaviyo_public_id = :account
) AS names
WHERE name <> ''
-- @next
INSERT INTO customer_purchases (
    klaviyo_public_id, customer, order_date, product, category, brand, cents, updated_at, is_deleted
)
SELECT
    :account, l.customer, l.order_date, coalesce(p.code, 0) AS product, coalesce(c.code, 0) AS category_code,
    coalesce(b.code, 0) AS brand_code, sum(l.cents), :row_version, 0
FROM changed_lines AS l
LEFT JOIN (SELECT name, code FROM purchase_names WHERE klaviyo_public_id = :account) AS p ON p.name = l.product_id
LEFT JOIN (SELECT name, code FROM purchase_names WHERE klaviyo_public_id = :account) AS c ON c.name = l.category
LEFT JOIN (SELECT name, code FROM purchase_names WHERE klaviyo_public_id = :account) AS b ON b.name = l.brand
GROUP BY l.customer, l.order_date, product, category_code, brand_code
-- @next
CREATE OR REPLACE TEMPORARY TABLE bought_lines ENGINE = Memory AS
SELECT customer_id, product_id, category, brand, cents
FROM changed_lines
-- @next
DROP TEMPORARY TABLE changed_lines
