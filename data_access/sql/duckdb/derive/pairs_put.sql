-- purpose: puts taken counts of pairs in place as they are now; a pair that no basket holds any more has none
-- grain: one row a pair that was looked up
-- params: account String
INSERT INTO product_pair_counts (klaviyo_public_id, code_a, code_b, baskets, first_date, last_date)
SELECT :account, code_a, code_b, baskets, first_date, last_date FROM changed_pairs WHERE baskets > 0
