-- purpose: the counts of some pairs, which are about to be put anew
-- grain: one row a pair that was counted
-- params: account String
SELECT c.code_a AS code_a, c.code_b AS code_b, c.baskets AS baskets, c.first_date AS first_date, c.last_date AS last_date
FROM product_pair_counts AS c
JOIN changed_pairs AS d ON d.code_a = c.code_a AND d.code_b = c.code_b
WHERE c.klaviyo_public_id = :account
