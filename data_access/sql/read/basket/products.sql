-- purpose: the products that stand in baskets, with their mean price
-- grain: one row a product
-- reads: basket_products, products_master
SELECT
    b.code AS code, b.product_id AS id, b.product_name AS name, b.category AS category, m.avg_price AS price
FROM basket_products AS b
LEFT JOIN products_master AS m ON m.product_id = b.product_id
ORDER BY b.code
