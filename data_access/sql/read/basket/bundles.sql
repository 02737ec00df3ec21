-- purpose: kept sets of three products and more, the most frequent first
-- grain: one row a set
-- params: most Int64
-- reads: basket_bundles
SELECT items, baskets, lift FROM basket_bundles ORDER BY place LIMIT :most
