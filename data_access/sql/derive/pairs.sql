-- purpose: counts of pairs that relationships are told of
-- grain: one row a pair of at least `minimum` baskets, or with a product that is looked at for substitutes
-- params: account String, minimum Int64
SELECT code_a, code_b, baskets, first_date, last_date
FROM product_pair_counts
WHERE klaviyo_public_id = :account
    AND (
        baskets >= :minimum
        OR code_a IN (SELECT code FROM looked_at)
        OR code_b IN (SELECT code FROM looked_at)
    )
