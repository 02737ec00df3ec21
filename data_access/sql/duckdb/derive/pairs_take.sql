-- purpose: the counts of some pairs, which are about to be put anew: told and taken out in one look-up
-- grain: one row a pair that was counted
-- params: account String
DELETE FROM product_pair_counts AS c
USING changed_pairs AS d
WHERE c.klaviyo_public_id = :account AND c.code_a = d.code_a AND c.code_b = d.code_b
RETURNING c.code_a, c.code_b, c.baskets, c.first_date, c.last_date
