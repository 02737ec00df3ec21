-- purpose: puts the account's numbered products in place, with the baskets that hold each
-- grain: one row a product
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE products_before ENGINE = Memory AS
SELECT max(updated_at) AS newest FROM basket_products WHERE klaviyo_public_id = :account
-- @next
INSERT INTO basket_products (
    klaviyo_public_id, product_id, code, product_name, category, named_at, named_by, baskets, baskets_with_others,
    updated_at, is_deleted
)
SELECT
    :account, p.product_id, p.code, p.product_name, p.category, p.named_at, p.named_by, c.baskets,
    c.baskets_with_others, :row_version, 0
FROM numbered_products AS p
JOIN product_counts AS c ON c.code = p.code
-- @next
INSERT INTO basket_products (
    klaviyo_public_id, product_id, code, product_name, category, named_at, named_by, baskets, baskets_with_others,
    updated_at, is_deleted
)
SELECT
    :account, product_id, code, product_name, category, named_at, named_by, baskets, baskets_with_others,
    :row_version, 1
FROM basket_products
WHERE klaviyo_public_id = :account AND updated_at <= (SELECT newest FROM products_before)
