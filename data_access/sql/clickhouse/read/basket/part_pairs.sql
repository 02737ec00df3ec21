-- purpose: relationships within a part of the baskets, surest first, with the names and mean prices of products
-- grain: one row a tested pair and direction
-- params: part String, kinds Array(String), any_kind Bool, items Array(String), any_item Bool, least_support Float64, least_lift Float64, most Int64
-- reads: basket_relationships, basket_products, products_master
WITH chosen AS (
    SELECT
        item_a, item_b, baskets_a, baskets_b, baskets, first_date, last_date, kind, lift_low, lift_high,
        false_discovery_rate
    FROM basket_relationships
    WHERE part = :part
        AND (:any_kind OR has(:kinds, kind))
        AND (:any_item OR has(:items, item_a))
        AND support >= :least_support
        AND coalesce(lift, 0) >= :least_lift
    ORDER BY lift_low DESC NULLS LAST, item_a, item_b
    LIMIT :most
),
products AS (
    SELECT b.product_id AS id, b.product_name AS name, m.avg_price AS price
    FROM basket_products AS b
    LEFT JOIN products_master AS m ON m.product_id = b.product_id
    WHERE :part <> 'categories'
)
SELECT
    c.item_a AS item_a, c.item_b AS item_b, a.name AS name_a, b.name AS name_b, c.baskets_a AS baskets_a,
    c.baskets_b AS baskets_b, a.price AS price_a, b.price AS price_b, c.baskets AS baskets,
    c.first_date AS first_date, c.last_date AS last_date, c.kind AS kind, c.lift_low AS lift_low,
    c.lift_high AS lift_high, c.false_discovery_rate AS false_discovery_rate
FROM chosen AS c
LEFT JOIN products AS a ON a.id = c.item_a
LEFT JOIN products AS b ON b.id = c.item_b
ORDER BY c.lift_low DESC NULLS LAST, c.item_a, c.item_b
