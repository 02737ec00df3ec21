-- purpose: what each product's lines come to, over all days and in the 30, 60 and 90 days before the as-of date
-- grain: one row a product; money in cents of the account's currency; attributes are those of its latest line
-- params: account String, currency String, as_of Date
WITH counted AS (
    SELECT
        order_id, order_date, order_timestamp,
        CASE WHEN currency = :currency THEN 1.0
             ELSE CAST(order_value_account AS DOUBLE) / CAST(order_value AS DOUBLE) END AS rate
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
),
lines AS (
    SELECT
        coalesce(v.of_product, l.product_id) AS product, l.order_id, o.order_date, l.quantity, l.line_item_id,
        l.product_name, l.sku, l.product_brand, l.product_type, l.collections, o.order_timestamp,
        CAST(l.line_total_account * 100 AS BIGINT) AS cents,
        CASE WHEN o.order_date < :as_of THEN CAST(:as_of AS DATE) - o.order_date END AS age,
        CASE WHEN l.discount_amount > 0 THEN l.quantity ELSE 0 END AS discounted,
        CASE WHEN l.discount_amount > 0
             THEN CAST(floor(CAST(l.discount_amount * 100 AS BIGINT) * o.rate + 0.5) AS BIGINT) END AS discount
    FROM klaviyo_order_line_items AS l
    JOIN counted AS o ON o.order_id = l.order_id
    LEFT JOIN variant_products AS v ON v.line_product = l.product_id
    WHERE l.klaviyo_public_id = :account
)
SELECT
    product AS product_id,
    arg_max(
        {
            'product_name': product_name, 'sku': sku, 'brand': product_brand, 'product_type': product_type,
            'collections': collections
        },
        {'at': order_timestamp, 'order_id': order_id, 'line': line_item_id}
    ) AS latest,
    CAST(coalesce(sum(cents), 0) AS BIGINT) AS cents,
    CAST(coalesce(sum(CASE WHEN age <= 30 THEN cents END), 0) AS BIGINT) AS cents_30d,
    CAST(coalesce(sum(CASE WHEN age <= 60 THEN cents END), 0) AS BIGINT) AS cents_60d,
    CAST(coalesce(sum(CASE WHEN age <= 90 THEN cents END), 0) AS BIGINT) AS cents_90d,
    CAST(sum(quantity) AS BIGINT) AS units,
    CAST(coalesce(sum(CASE WHEN age <= 30 THEN quantity END), 0) AS BIGINT) AS units_30d,
    CAST(coalesce(sum(CASE WHEN age <= 60 THEN quantity END), 0) AS BIGINT) AS units_60d,
    CAST(coalesce(sum(CASE WHEN age <= 90 THEN quantity END), 0) AS BIGINT) AS units_90d,
    CAST(coalesce(sum(CASE WHEN cents IS NOT NULL THEN quantity END), 0) AS BIGINT) AS priced_units,
    min(CASE WHEN quantity > 0 THEN CAST(cents AS DOUBLE) / CAST(quantity AS DOUBLE) END) AS lowest,
    max(CASE WHEN quantity > 0 THEN CAST(cents AS DOUBLE) / CAST(quantity AS DOUBLE) END) AS highest,
    CAST(sum(discounted) AS BIGINT) AS discounted_units,
    CAST(coalesce(sum(CASE WHEN discount IS NOT NULL THEN discounted END), 0) AS BIGINT) AS discount_units,
    CAST(coalesce(sum(discount), 0) AS BIGINT) AS discount_cents,
    min(order_date) AS first_sold_date, max(order_date) AS last_sold_date
FROM lines
GROUP BY product
ORDER BY product
