-- purpose: puts the account's relationships in place, anew
-- grain: one row a tested pair of products and direction
-- params: account String
DELETE FROM product_relationships_optimized WHERE klaviyo_public_id = :account
-- @next
INSERT INTO product_relationships_optimized (
    klaviyo_public_id, product_a, product_b, product_a_name, product_b_name, co_purchase_count, confidence, lift,
    support, first_co_purchase, last_co_purchase, relationship_type, calculated_at, lift_low, lift_high, false_discovery_rate,
    similarity
)
SELECT
    :account, a.product_id, b.product_id, a.product_name, b.product_name, r.baskets, r.confidence, r.lift,
    r.support, r.first_date, r.last_date, r.kind, now(), r.lift_low, r.lift_high, r.false_discovery_rate, r.similarity
FROM related AS r
JOIN basket_products AS a ON a.klaviyo_public_id = :account AND a.code = r.code_a
JOIN basket_products AS b ON b.klaviyo_public_id = :account AND b.code = r.code_b
