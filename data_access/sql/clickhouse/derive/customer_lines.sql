-- purpose: what all customers bought, by day; a category is the product type, else the first collection
-- grain: one row a customer, day, product, category and brand
-- params: account String, as_of Date32, row_version DateTime64(6)
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
-- Orders and lines stand in the order of their ids: merged, neither side is held in memory. Numbers on disk follow.
CREATE OR REPLACE TEMPORARY TABLE bought_lines ENGINE = Log AS
SELECT
    k.code AS customer, l.order_date AS order_date, coalesce(p.code, 0) AS product, coalesce(c.code, 0) AS category,
    coalesce(b.code, 0) AS brand, l.cents AS cents
FROM (
    SELECT
        o.customer_id AS customer_id, o.order_date AS order_date, l.product_id AS product_id, l.product_brand AS brand,
        if(l.product_type <> '', l.product_type, if(notEmpty(l.collections), l.collections[1], '')) AS category,
        toInt64(coalesce(l.line_total_account, 0) * 100) AS cents
    FROM klaviyo_order_line_items AS l
    JOIN (
        SELECT order_id, customer_id, order_date
        FROM klaviyo_orders
        WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
    ) AS o ON o.order_id = l.order_id
    WHERE l.klaviyo_public_id = :account
    SETTINGS join_algorithm = 'full_sorting_merge'
) AS l
JOIN customer_codes AS k ON k.customer_id = l.customer_id
LEFT JOIN (SELECT name, code FROM purchase_names WHERE klaviyo_public_id = :account) AS p ON p.name = l.product_id
LEFT JOIN (SELECT name, code FROM purchase_names WHERE klaviyo_public_id = :account) AS c ON c.name = l.category
LEFT JOIN (SELECT name, code FROM purchase_names WHERE klaviyo_public_id = :account) AS b ON b.name = l.brand
-- @next
INSERT INTO customer_purchases (
    klaviyo_public_id, customer, order_date, product, category, brand, cents, updated_at, is_deleted
)
SELECT :account, customer, order_date, product, category, brand, sum(cents), :row_version, 0
FROM bought_lines
GROUP BY customer, order_date, product, category, brand
