-- purpose: the states of customers from their counted orders and what they bought
-- grain: one row a customer with an order that counts
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE bought_names ENGINE = Memory AS
SELECT
    customer_id, kind, arraySort(groupArray(name)) AS names,
    -- The largest total, of equal ones the first name.
    arraySort(groupArray((-total, name)))[1].2 AS favorite
FROM (
    SELECT customer_id, 'category' AS kind, toString(category) AS name, sum(cents) AS total
    FROM bought_lines
    WHERE category <> ''
    GROUP BY customer_id, category
    UNION ALL
    SELECT customer_id, 'brand', toString(brand), sum(cents)
    FROM bought_lines
    WHERE brand <> ''
    GROUP BY customer_id, brand
) AS totals
GROUP BY customer_id, kind
-- @next
INSERT INTO customer_states (
    klaviyo_public_id, customer_id, customer_email, total_orders, total_revenue, total_refunds, first_order_date,
    last_order_date, order_days, discounted_orders, priced_discounts, discount_total, weekend_orders,
    preferred_order_hour, favorite_category, favorite_brand, categories_purchased, brands_purchased,
    unique_products_purchased, code, updated_at, is_deleted
)
SELECT
    -- An e-mail is in lower case already; where there is none, the id stands as it is: case tells two ids apart.
    :account, s.customer_id, coalesce(nullIf(trimBoth(s.email), ''), s.customer_id), s.total_orders,
    s.total_revenue, s.total_refunds, s.first_order_date, s.last_order_date, s.order_days, s.discounted_orders,
    s.priced_discounts, s.discount_total, s.weekend_orders,
    arraySort(hour -> (-toInt64(countEqual(s.hours, hour)), hour), arrayDistinct(s.hours))[1],
    c.favorite, b.favorite, c.names, b.names, coalesce(p.products, 0), k.code, :row_version, 0
FROM customer_orders AS s
JOIN customer_codes AS k ON k.customer_id = s.customer_id
LEFT JOIN (SELECT customer_id, names, favorite FROM bought_names WHERE kind = 'category') AS c
    ON c.customer_id = s.customer_id
LEFT JOIN (SELECT customer_id, names, favorite FROM bought_names WHERE kind = 'brand') AS b
    ON b.customer_id = s.customer_id
LEFT JOIN (
    SELECT customer_id, toUInt32(uniqExact(product_id)) AS products
    FROM bought_lines
    WHERE product_id <> ''
    GROUP BY customer_id
) AS p ON p.customer_id = s.customer_id
-- @next
DROP TEMPORARY TABLE bought_lines
-- @next
INSERT INTO customer_histories (klaviyo_public_id, customer_id, orders, updated_at, is_deleted)
SELECT :account, customer_id, orders, :row_version, 0
FROM customer_orders
