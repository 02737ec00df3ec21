-- purpose: what the counted orders and their lines come to by customer. Sums are in the account's currency and leave out
-- purpose: what no rate turns into it; a category is the product type, else the first collection
-- grain: one row a customer with an order that counts
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE customer_orders ENGINE = Memory AS
SELECT
    customer_id, argMax(customer_email, (order_timestamp, order_id)) AS email, toUInt32(count(*)) AS total_orders,
    coalesce(CAST(sum(order_value_account) AS Nullable(Decimal(18, 2))), 0) AS total_revenue,
    CAST(sum(deducted) AS Decimal(18, 2)) AS total_refunds,
    min(order_date) AS first_order_date, max(order_date) AS last_order_date,
    toUInt32(uniqExact(order_date)) AS order_days,
    toUInt32(sum(if(discount_amount > 0, 1, 0))) AS discounted_orders,
    toUInt32(sum(if(discount_amount > 0 AND discount_amount_account IS NOT NULL, 1, 0))) AS priced_discounts,
    coalesce(CAST(sum(if(discount_amount > 0, discount_amount_account, NULL)) AS Nullable(Decimal(18, 2))), 0)
        AS discount_total,
    toUInt32(sum(if(toDayOfWeek(order_date) > 5, 1, 0))) AS weekend_orders,
    groupArray(order_hour) AS hours
FROM counted_orders
GROUP BY customer_id
-- @next
CREATE OR REPLACE TEMPORARY TABLE bought_lines ENGINE = Memory AS
SELECT
    o.customer_id AS customer_id, toLowCardinality(l.product_id) AS product_id,
    toLowCardinality(if(l.product_type <> '', l.product_type, if(notEmpty(l.collections), l.collections[1], '')))
        AS category,
    toLowCardinality(l.product_brand) AS brand,
    toInt64(coalesce(l.line_total_account, 0) * 100) AS cents
FROM klaviyo_order_line_items AS l
JOIN counted_orders AS o ON o.order_id = l.order_id
WHERE l.klaviyo_public_id = :account
-- @next
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
    unique_products_purchased, updated_at, is_deleted
)
SELECT
    :account, s.customer_id, coalesce(nullIf(lower(trimBoth(s.email)), ''), s.customer_id), s.total_orders,
    s.total_revenue, s.total_refunds, s.first_order_date, s.last_order_date, s.order_days, s.discounted_orders,
    s.priced_discounts, s.discount_total, s.weekend_orders,
    arraySort(hour -> (-toInt64(countEqual(s.hours, hour)), hour), arrayDistinct(s.hours))[1],
    c.favorite, b.favorite, c.names, b.names, coalesce(p.products, 0), :row_version, 0
FROM customer_orders AS s
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
