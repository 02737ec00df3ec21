-- purpose: the categories whose products most baskets hold, to choose from
-- grain: one row a category
-- params: most Int64
-- reads: basket_products
SELECT category AS id, category AS name
FROM basket_products
WHERE category <> ''
GROUP BY category
ORDER BY sum(baskets) DESC, category
LIMIT :most
