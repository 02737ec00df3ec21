-- purpose: puts the counts of all pairs in place, anew; those that no basket holds any more go
-- grain: one row a pair of products that stood in a basket together
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE pairs_before ENGINE = Memory AS
SELECT max(updated_at) AS newest FROM product_pair_counts WHERE klaviyo_public_id = :account
-- @next
INSERT INTO product_pair_counts (
    klaviyo_public_id, code_a, code_b, baskets, first_date, last_date, updated_at, is_deleted
)
SELECT :account, code_a, code_b, baskets, first_date, last_date, :row_version, 0 FROM counted_pairs
-- @next
INSERT INTO product_pair_counts (
    klaviyo_public_id, code_a, code_b, baskets, first_date, last_date, updated_at, is_deleted
)
SELECT :account, code_a, code_b, baskets, first_date, last_date, :row_version, 1
FROM product_pair_counts
WHERE klaviyo_public_id = :account AND updated_at <= (SELECT newest FROM pairs_before)
