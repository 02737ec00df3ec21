-- purpose: puts the counts of all pairs in place, anew
-- grain: one row a pair of products that stood in a basket together
-- params: account String
DELETE FROM product_pair_counts WHERE klaviyo_public_id = :account
-- @next
INSERT INTO product_pair_counts (klaviyo_public_id, code_a, code_b, baskets, first_date, last_date)
SELECT :account, code_a, code_b, baskets, first_date, last_date FROM counted_pairs
