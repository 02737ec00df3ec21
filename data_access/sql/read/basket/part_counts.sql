-- purpose: in how many baskets of some parts together items stand, alone and two of them
-- grain: one row a pair of items, once, and one an item with itself
-- params: parts Array(String)
-- reads: basket_relationships
SELECT
    r.item_a AS item_a, r.item_b AS item_b, CAST(sum(r.baskets) AS BIGINT) AS baskets,
    min(r.first_date) AS first_date, max(r.last_date) AS last_date
FROM basket_relationships AS r
WHERE r.part = ANY (CAST(:parts AS VARCHAR[]))
GROUP BY r.item_a, r.item_b
