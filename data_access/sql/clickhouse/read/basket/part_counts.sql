-- purpose: in how many baskets of some parts together items stand, alone and two of them
-- grain: one row a pair of items, once, and one an item with itself
-- params: parts Array(String)
-- reads: basket_relationships
SELECT
    r.item_a AS item_a, r.item_b AS item_b, sum(r.baskets) AS baskets,
    min(r.first_date) AS first_date, max(r.last_date) AS last_date
FROM basket_relationships AS r
WHERE has(:parts, r.part)
GROUP BY r.item_a, r.item_b
