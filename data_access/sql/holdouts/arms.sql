-- purpose: what each side of a holdout bought: those reached, those left out, and those left out who got it all the same
-- grain: one row an arm that has people
-- params: account String, campaign String
DELETE FROM holdout_arms WHERE klaviyo_public_id = :account AND campaign_id = :campaign
-- @next
INSERT INTO holdout_arms (
    klaviyo_public_id, campaign_id, arm, people, buyers, buyers_before, orders, orders_before, orders_squares,
    orders_before_squares, orders_products, revenue, revenue_before, revenue_squares, revenue_before_squares,
    revenue_products, unpriced
)
WITH persons AS (
    SELECT person_id, CASE WHEN min(side) <> max(side) THEN 'leaked' ELSE min(side) END AS arm
    FROM holdout_people
    WHERE klaviyo_public_id = :account AND campaign_id = :campaign
    GROUP BY person_id
)
SELECT
    :account, :campaign, p.arm, count(*),
    count(CASE WHEN b.orders > 0 THEN 1 END), count(CASE WHEN b.orders_before > 0 THEN 1 END),
    coalesce(sum(b.orders), 0), coalesce(sum(b.orders_before), 0),
    coalesce(sum(b.orders * b.orders), 0), coalesce(sum(b.orders_before * b.orders_before), 0),
    coalesce(sum(b.orders * b.orders_before), 0),
    coalesce(sum(b.revenue), 0), coalesce(sum(b.revenue_before), 0),
    coalesce(sum(b.revenue * b.revenue), 0), coalesce(sum(b.revenue_before * b.revenue_before), 0),
    coalesce(sum(b.revenue * b.revenue_before), 0), coalesce(sum(b.unpriced), 0)
FROM persons AS p
LEFT JOIN holdout_bought AS b ON b.customer_id = p.person_id
GROUP BY p.arm
