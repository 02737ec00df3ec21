-- purpose: puts the account's relationships in place, anew; those that are none any more go
-- grain: one row a tested pair of products and direction
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE related_before ENGINE = Memory AS
SELECT max(calculated_at) AS newest FROM product_relationships_optimized WHERE klaviyo_public_id = :account
-- @next
INSERT INTO product_relationships_optimized (
    klaviyo_public_id, product_a, product_b, product_a_name, product_b_name, co_purchase_count, confidence, lift,
    support, first_co_purchase, last_co_purchase, relationship_type, calculated_at, is_deleted, lift_low, lift_high,
    false_discovery_rate, similarity
)
SELECT
    :account, a.product_id, b.product_id, a.product_name, b.product_name, r.baskets, r.confidence, r.lift,
    r.support, r.first_date, r.last_date, r.kind, :row_version, 0, r.lift_low, r.lift_high, r.false_discovery_rate, r.similarity
FROM related AS r
JOIN (SELECT * FROM basket_products WHERE klaviyo_public_id = :account) AS a ON a.code = r.code_a
JOIN (SELECT * FROM basket_products WHERE klaviyo_public_id = :account) AS b ON b.code = r.code_b
-- @next
INSERT INTO product_relationships_optimized (
    klaviyo_public_id, product_a, product_b, relationship_type, calculated_at, is_deleted
)
SELECT :account, product_a, product_b, relationship_type, :row_version, 1
FROM product_relationships_optimized
WHERE klaviyo_public_id = :account AND calculated_at <= (SELECT newest FROM related_before)
