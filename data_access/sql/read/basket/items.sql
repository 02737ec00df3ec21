-- purpose: the products that most baskets hold, to choose from
-- grain: one row a product
-- params: most Int64
-- reads: basket_products
SELECT product_id AS id, product_name AS name
FROM basket_products
ORDER BY baskets DESC, product_id
LIMIT :most
