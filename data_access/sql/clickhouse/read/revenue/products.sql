-- purpose: the products that sold most in the period, with their sales by bucket and in the period compared with
-- grain: one row a product; `trend` holds bucket starts and sales as two lists of equal length
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), grain String
-- params: , first_weekday Int32, most Int32, channels Array(String), countries Array(String), any_channel Bool
-- params: , any_country Bool, first_orders Bool, repeat_orders Bool, uncounted Bool
-- reads: klaviyo_orders, klaviyo_order_line_items
WITH chosen AS (
    SELECT
        o.order_id AS order_id,
        o.order_date BETWEEN :start AND :end AND (:this_until IS NULL OR o.order_timestamp < :this_until) AS in_this,
        coalesce(
            o.order_date BETWEEN :compared_start AND :compared_end
            AND (:compared_until IS NULL OR o.order_timestamp < :compared_until),
            false
        ) AS in_compared,
        CASE :grain
            WHEN 'day' THEN o.order_date
            WHEN 'month' THEN toStartOfMonth(o.order_date)
            ELSE o.order_date - (toDayOfWeek(o.order_date) - :first_weekday + 7) % 7
        END AS bucket
    FROM klaviyo_orders AS o
    WHERE o.order_status <> 'cancelled'
        AND o.order_value > 0
        AND (o.order_date BETWEEN :start AND :end OR o.order_date BETWEEN :compared_start AND :compared_end)
        AND (:any_channel OR has(:channels, o.channel))
        AND (:any_country OR has(:countries, o.shipping_country))
        AND (NOT :first_orders OR o.is_first_order = 1)
        AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
        AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
),
lines AS (
    SELECT
        l.product_id AS product_id, l.product_name AS product_name, l.product_brand AS product_brand,
        l.order_id AS order_id, l.quantity AS quantity, l.line_total_account AS sales,
        c.in_this AS in_this, c.in_compared AS in_compared, c.bucket AS bucket
    FROM klaviyo_order_line_items AS l
    JOIN chosen AS c ON c.order_id = l.order_id
    -- A line has its order's day.
    WHERE l.order_date BETWEEN :start AND :end OR l.order_date BETWEEN :compared_start AND :compared_end
),
totals AS (
    SELECT
        product_id,
        max(product_name) AS product_name,
        max(product_brand) AS product_brand,
        coalesce(CAST(sum(CASE WHEN in_this THEN sales END) AS DECIMAL(18, 2)), 0) AS sales,
        CAST(sum(CASE WHEN in_compared THEN sales END) AS DECIMAL(18, 2)) AS compared_sales,
        coalesce(sum(CASE WHEN in_this THEN quantity END), 0) AS units,
        count(DISTINCT CASE WHEN in_this THEN order_id END) AS orders
    FROM lines
    GROUP BY product_id
),
best AS (
    SELECT * FROM totals WHERE units > 0 ORDER BY sales DESC, product_id LIMIT :most
),
points AS (
    SELECT l.product_id AS product_id, l.bucket AS bucket, coalesce(CAST(sum(l.sales) AS DECIMAL(18, 2)), 0) AS sales
    FROM lines AS l
    WHERE l.in_this AND l.product_id IN (SELECT product_id FROM best)
    GROUP BY l.product_id, l.bucket
),
trends AS (
    SELECT product_id, arraySort(groupArray((bucket, sales))) AS trend
    FROM points
    GROUP BY product_id
)
SELECT
    t.product_id AS product_id, t.product_name AS product_name, t.product_brand AS product_brand, t.sales AS sales,
    t.compared_sales AS compared_sales, t.units AS units, t.orders AS orders,
    arrayMap(point -> point.1, r.trend) AS buckets, arrayMap(point -> point.2, r.trend) AS bucket_sales
FROM best AS t
JOIN trends AS r ON r.product_id = t.product_id
ORDER BY t.sales DESC, t.product_id
