-- purpose: what the touched customers bought: of the touched days from the lines of their orders, of others as it is kept
-- grain: one row a customer, day, product, category and brand; first, last: of the touched days
-- params: account String, first Date32, last Date32, row_version DateTime64(6)
INSERT INTO customer_purchases
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM customer_purchases
WHERE klaviyo_public_id = :account AND customer IN (SELECT code FROM customer_codes)
    AND order_date IN (SELECT day FROM touched_days)
-- @next
CREATE OR REPLACE TEMPORARY TABLE changed_lines ENGINE = Memory AS
SELECT
    k.code AS customer, o.order_date AS order_date, l.product_id AS product_id, l.product_brand AS brand,
    if(l.product_type <> '', l.product_type, if(notEmpty(l.collections), l.collections[1], '')) AS category,
    toInt64(coalesce(l.line_total_account, 0) * 100) AS cents
FROM klaviyo_order_line_items AS l
JOIN counted_orders AS o ON o.order_id = l.order_id
JOIN customer_codes AS k ON k.customer_id = o.customer_id
WHERE l.klaviyo_public_id = :account AND l.order_date BETWEEN :first AND :last
    AND l.order_id IN (SELECT order_id FROM counted_orders WHERE order_date IN (SELECT day FROM touched_days))
-- @next
INSERT INTO purchase_names (klaviyo_public_id, code, name, updated_at, is_deleted)
SELECT :account, toInt32(m.code + row_number() OVER (ORDER BY n.name)), n.name, :row_version, 0
FROM (
    SELECT category AS name FROM changed_lines
    UNION DISTINCT
    SELECT brand FROM changed_lines
    UNION DISTINCT
    SELECT product_id FROM changed_lines
) AS n
CROSS JOIN (SELECT coalesce(max(code), 0) AS code FROM purchase_names WHERE klaviyo_public_id = :account) AS m
WHERE n.name <> '' AND n.name NOT IN (SELECT name FROM purchase_names WHERE klaviyo_public_id = :account)
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
CREATE OR REPLACE TEMPORARY TABLE bought_lines ENGINE = Log AS
SELECT customer, product, category, brand, cents
FROM customer_purchases
WHERE klaviyo_public_id = :account AND customer IN (SELECT code FROM customer_codes)
