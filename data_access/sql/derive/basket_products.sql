-- purpose: the account's products by number, with the baskets that hold each
-- grain: one row a product
-- params: account String
SELECT code, product_id, product_name, category, named_at, named_by, baskets, baskets_with_others
FROM basket_products
WHERE klaviyo_public_id = :account
ORDER BY code
