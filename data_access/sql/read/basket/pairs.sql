-- purpose: relationships of products, those that are surest first
-- grain: one row a tested pair of products and direction
-- params: kinds Array(String), any_kind Bool, product String, least_support Float64, least_lift Float64, most Int64
-- reads: product_relationships_optimized
SELECT
    product_a, product_b, product_a_name, product_b_name, co_purchase_count, confidence, lift, support,
    first_co_purchase, last_co_purchase, relationship_type, lift_low, lift_high, false_discovery_rate, similarity
FROM product_relationships_optimized
WHERE (:any_kind OR relationship_type = ANY (CAST(:kinds AS VARCHAR[])))
    AND (:product = '' OR product_a = :product)
    AND support >= :least_support
    AND lift >= :least_lift
ORDER BY lift_low DESC NULLS LAST, product_a, product_b
LIMIT :most
