-- purpose: the products that sold most in the period, with their sales by bucket and in the period compared with
-- grain: one row a product; `trend` holds bucket starts and sales as two lists of equal length
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), grain String
-- params: , first_weekday Int32, most Int32, channels Array(String), countries Array(String), any_channel Bool
-- params: , any_country Bool, first_orders Bool, repeat_orders Bool, uncounted Bool
-- reads: klaviyo_orders, klaviyo_order_line_items
WITH chosen AS (
    SELECT o.order_id, o.order_date, o.order_timestamp
    FROM klaviyo_orders AS o
    WHERE o.order_status <> 'cancelled'
        AND o.order_value > 0
        AND (o.order_date BETWEEN :start AND :end
            OR o.order_date BETWEEN CAST(:compared_start AS DATE) AND CAST(:compared_end AS DATE))
        AND (:any_channel OR o.channel = ANY (CAST(:channels AS VARCHAR[])))
        AND (:any_country OR o.shipping_country = ANY (CAST(:countries AS VARCHAR[])))
        AND (NOT :first_orders OR o.is_first_order = 1)
        AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
        AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
),
lines AS (
    SELECT
        l.product_id, l.product_name, l.product_brand, l.order_id, l.quantity, l.line_total_account AS sales,
        c.order_date BETWEEN :start AND :end
            AND (CAST(:this_until AS TIMESTAMPTZ) IS NULL
                OR c.order_timestamp < CAST(:this_until AS TIMESTAMPTZ)) AS in_this,
        coalesce(
            c.order_date BETWEEN CAST(:compared_start AS DATE) AND CAST(:compared_end AS DATE)
            AND (CAST(:compared_until AS TIMESTAMPTZ) IS NULL
                OR c.order_timestamp < CAST(:compared_until AS TIMESTAMPTZ)),
            false
        ) AS in_compared,
        CASE :grain
            WHEN 'day' THEN c.order_date
            WHEN 'month' THEN CAST(date_trunc('month', c.order_date) AS DATE)
            ELSE c.order_date - CAST((date_part('isodow', c.order_date) - :first_weekday + 7) % 7 AS INTEGER)
        END AS bucket
    FROM klaviyo_order_line_items AS l
    JOIN chosen AS c ON c.order_id = l.order_id
),
totals AS (
    SELECT
        product_id,
        max(product_name) AS product_name,
        max(product_brand) AS product_brand,
        coalesce(sum(CASE WHEN in_this THEN sales END), 0) AS sales,
        sum(CASE WHEN in_compared THEN sales END) AS compared_sales,
        coalesce(sum(CASE WHEN in_this THEN quantity END), 0) AS units,
        count(DISTINCT CASE WHEN in_this THEN order_id END) AS orders
    FROM lines
    GROUP BY product_id
),
best AS (
    SELECT * FROM totals WHERE units > 0 ORDER BY sales DESC, product_id LIMIT :most
),
points AS (
    SELECT l.product_id, l.bucket, coalesce(sum(l.sales), 0) AS sales
    FROM lines AS l
    JOIN best AS t ON t.product_id = l.product_id
    WHERE l.in_this
    GROUP BY l.product_id, l.bucket
),
trends AS (
    SELECT product_id, array_agg(bucket ORDER BY bucket) AS buckets, array_agg(sales ORDER BY bucket) AS bucket_sales
    FROM points
    GROUP BY product_id
)
SELECT
    t.product_id, t.product_name, t.product_brand, CAST(t.sales AS DECIMAL(18, 2)) AS sales,
    CAST(t.compared_sales AS DECIMAL(18, 2)) AS compared_sales, t.units, t.orders, r.buckets, r.bucket_sales
FROM best AS t
JOIN trends AS r ON r.product_id = t.product_id
ORDER BY t.sales DESC, t.product_id
