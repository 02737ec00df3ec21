-- purpose: how many pairs have each type
-- grain: one row a type; pairs in both directions
-- reads: product_relationships_optimized
SELECT relationship_type, count(*) AS directions FROM product_relationships_optimized GROUP BY relationship_type
