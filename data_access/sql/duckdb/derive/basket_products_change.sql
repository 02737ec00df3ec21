-- purpose: puts changed products in place; one that no basket holds any more has none
-- grain: one row a product that changed
-- params: account String
DELETE FROM basket_products
WHERE klaviyo_public_id = :account AND product_id IN (SELECT product_id FROM changed_products)
-- @next
INSERT INTO basket_products (
    klaviyo_public_id, product_id, code, product_name, category, named_at, named_by, baskets, baskets_with_others
)
SELECT :account, product_id, code, product_name, category, named_at, named_by, baskets, baskets_with_others
FROM changed_products
WHERE baskets > 0
