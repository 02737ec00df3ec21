-- purpose: puts changed counts of pairs in place; a pair that no basket holds any more has none
-- grain: one row a pair that changed
-- params: account String
DELETE FROM product_pair_counts AS c
USING changed_pairs AS d
WHERE c.klaviyo_public_id = :account AND c.code_a = d.code_a AND c.code_b = d.code_b
-- @next
INSERT INTO product_pair_counts (klaviyo_public_id, code_a, code_b, baskets, first_date, last_date)
SELECT :account, code_a, code_b, baskets, first_date, last_date FROM changed_pairs WHERE baskets > 0
