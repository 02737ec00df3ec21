-- purpose: some products that stand in baskets, by their ids or by their numbers, with their mean price
-- grain: one row a product
-- params: ids Array(String), codes Array(Int32)
-- reads: basket_products, products_master
SELECT
    b.code AS code, b.product_id AS id, b.product_name AS name, b.baskets AS baskets, m.avg_price AS price
FROM basket_products AS b
LEFT JOIN products_master AS m ON m.product_id = b.product_id
WHERE b.product_id = ANY (CAST(:ids AS VARCHAR[])) OR b.code = ANY (CAST(:codes AS INTEGER[]))
ORDER BY b.code
