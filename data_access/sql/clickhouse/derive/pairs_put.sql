-- purpose: puts changed counts of pairs in place; a pair that no basket holds any more has none
-- grain: one row a pair that was looked up
-- params: account String, row_version DateTime64(6)
INSERT INTO product_pair_counts (
    klaviyo_public_id, code_a, code_b, baskets, first_date, last_date, updated_at, is_deleted
)
SELECT :account, code_a, code_b, baskets, first_date, last_date, :row_version, if(baskets > 0, 0, 1)
FROM changed_pairs
