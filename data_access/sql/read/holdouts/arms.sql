-- purpose: what each side of a holdout bought
-- grain: one row an arm that has people
-- params: campaign String
-- reads: holdout_arms
SELECT
    arm, people, buyers, buyers_before, orders, orders_before, orders_squares, orders_before_squares, orders_products,
    revenue, revenue_before, revenue_squares, revenue_before_squares, revenue_products, unpriced
FROM holdout_arms
WHERE campaign_id = :campaign
