-- purpose: how many baskets there are of some days, and how much there is to count in them
-- grain: one row; steps: their lines and pairs
-- params: start Nullable(Date32), end Nullable(Date32)
-- reads: order_baskets
SELECT toInt64(count()) AS baskets, toInt64(intDiv(sum(size * (size + 1)), 2)) AS steps
FROM (
    SELECT length(products) AS size
    FROM order_baskets
    WHERE (:start IS NULL OR order_date >= :start) AND (:end IS NULL OR order_date <= :end)
)
