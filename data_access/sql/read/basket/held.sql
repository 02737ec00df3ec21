-- purpose: how many products all baskets hold together, each counted once a basket
-- grain: one row
-- reads: basket_products
SELECT CAST(coalesce(sum(baskets), 0) AS BIGINT) AS products FROM basket_products
