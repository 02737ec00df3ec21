-- purpose: how many baskets there are of some days, and how much there is to count in them
-- grain: one row; steps: their lines and pairs
-- params: start Nullable(Date32), end Nullable(Date32)
-- reads: order_baskets
SELECT count(*) AS baskets, CAST(coalesce(sum(size * (size + 1)), 0) / 2 AS BIGINT) AS steps
FROM (
    SELECT length(products) AS size
    FROM order_baskets
    WHERE (CAST(:start AS DATE) IS NULL OR order_date >= CAST(:start AS DATE))
        AND (CAST(:end AS DATE) IS NULL OR order_date <= CAST(:end AS DATE))
) AS held
