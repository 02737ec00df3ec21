-- purpose: the products that stand in baskets, with their categories
-- grain: one row a product
-- params: account String
SELECT code, product_id AS id, product_name AS name, category
FROM basket_products
WHERE klaviyo_public_id = :account
ORDER BY code
