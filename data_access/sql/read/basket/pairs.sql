-- purpose: relationships of products, those that are surest first, with the baskets and the mean price of both products
-- grain: one row a tested pair of products and direction
-- params: kinds Array(String), any_kind Bool, products Array(String), any_product Bool, least_support Float64, least_lift Float64, most Int64
-- reads: product_relationships_optimized, basket_products, products_master
WITH chosen AS (
    SELECT
        product_a, product_b, co_purchase_count, first_co_purchase, last_co_purchase, relationship_type, lift_low,
        lift_high, false_discovery_rate
    FROM product_relationships_optimized
    WHERE (:any_kind OR relationship_type = ANY (CAST(:kinds AS VARCHAR[])))
        AND (:any_product OR product_a = ANY (CAST(:products AS VARCHAR[])))
        AND support >= :least_support
        AND lift >= :least_lift
    ORDER BY lift_low DESC NULLS LAST, product_a, product_b
    LIMIT :most
)
SELECT
    c.product_a AS item_a, c.product_b AS item_b, a.product_name AS name_a, b.product_name AS name_b,
    a.baskets AS baskets_a, b.baskets AS baskets_b, ma.avg_price AS price_a, mb.avg_price AS price_b,
    c.co_purchase_count AS baskets, c.first_co_purchase AS first_date, c.last_co_purchase AS last_date,
    c.relationship_type AS kind, c.lift_low AS lift_low, c.lift_high AS lift_high,
    c.false_discovery_rate AS false_discovery_rate
FROM chosen AS c
JOIN basket_products AS a ON a.product_id = c.product_a
JOIN basket_products AS b ON b.product_id = c.product_b
LEFT JOIN products_master AS ma ON ma.product_id = c.product_a
LEFT JOIN products_master AS mb ON mb.product_id = c.product_b
ORDER BY c.lift_low DESC NULLS LAST, c.product_a, c.product_b
