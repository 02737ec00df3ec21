-- purpose: what each product's lines come to, over all days and in the 30, 60 and 90 days before the as-of date
-- grain: one row a product; money in cents of the account's currency; attributes are those of its latest line
-- params: account String, currency String, as_of Date32
WITH counted AS (
    SELECT
        order_id, order_date, order_timestamp,
        if(currency = :currency, 1., toFloat64(order_value_account) / toFloat64(order_value)) AS rate
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
),
lines AS (
    -- Orders and lines stand in the order of their ids: merged, neither side is held in memory.
    SELECT
        l.product_id AS line_product, l.order_id AS of_order, o.order_date AS day, l.quantity AS quantity,
        l.line_item_id AS line_item, l.product_name AS product_name, l.sku AS sku, l.product_brand AS product_brand,
        l.product_type AS product_type, l.collections AS collections, o.order_timestamp AS at,
        toInt64(l.line_total_account * 100) AS line_cents,
        if(o.order_date < :as_of, dateDiff('day', o.order_date, toDate32(:as_of)), NULL) AS age,
        if(l.discount_amount > 0, l.quantity, 0) AS discounted,
        if(l.discount_amount > 0, toInt64(floor(toInt64(l.discount_amount * 100) * o.rate + 0.5)), NULL) AS discount
    FROM klaviyo_order_line_items AS l
    JOIN counted AS o ON o.order_id = l.order_id
    WHERE l.klaviyo_public_id = :account
    SETTINGS join_algorithm = 'full_sorting_merge'
)
SELECT
    assumeNotNull(coalesce(v.of_product, l.line_product)) AS product_id,
    argMax(
        CAST(
            (product_name, sku, product_brand, product_type, collections),
            'Tuple(product_name Nullable(String), sku String, brand String, product_type String, collections Array(String))'
        ),
        (at, of_order, line_item)
    ) AS latest,
    coalesce(sum(line_cents), 0) AS cents,
    coalesce(sum(if(age <= 30, line_cents, NULL)), 0) AS cents_30d,
    coalesce(sum(if(age <= 60, line_cents, NULL)), 0) AS cents_60d,
    coalesce(sum(if(age <= 90, line_cents, NULL)), 0) AS cents_90d,
    toInt64(sum(quantity)) AS units,
    toInt64(coalesce(sum(if(age <= 30, quantity, NULL)), 0)) AS units_30d,
    toInt64(coalesce(sum(if(age <= 60, quantity, NULL)), 0)) AS units_60d,
    toInt64(coalesce(sum(if(age <= 90, quantity, NULL)), 0)) AS units_90d,
    toInt64(coalesce(sum(if(line_cents IS NOT NULL, quantity, NULL)), 0)) AS priced_units,
    min(if(quantity > 0, toFloat64(line_cents) / toFloat64(quantity), NULL)) AS lowest,
    max(if(quantity > 0, toFloat64(line_cents) / toFloat64(quantity), NULL)) AS highest,
    toInt64(sum(discounted)) AS discounted_units,
    toInt64(coalesce(sum(if(discount IS NOT NULL, discounted, NULL)), 0)) AS discount_units,
    toInt64(coalesce(sum(discount), 0)) AS discount_cents,
    min(day) AS first_sold_date, max(day) AS last_sold_date
FROM lines AS l
LEFT JOIN variant_products AS v ON v.line_product = l.line_product
GROUP BY product_id
ORDER BY product_id
