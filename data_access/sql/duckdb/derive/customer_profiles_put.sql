-- purpose: customer_profiles from the customers' states, in one pass. A score is 1 and one more for each limit of its
-- purpose: measure that the customer is above; an e-mail of several customers is the key of the one who bought last
-- grain: one row a customer; money to the cent, half up
-- params: account String, as_of Date, recency Array(Date), frequency Array(Int64), monetary Array(Int64)
DELETE FROM customer_profiles WHERE klaviyo_public_id = :account
-- @next
INSERT INTO customer_profiles (
    klaviyo_public_id, customer_email, customer_id, total_orders, total_revenue, total_refunds, net_revenue,
    avg_order_value, first_order_date, last_order_date, days_since_last_order, avg_days_between_orders,
    recency_score, frequency_score, monetary_score, rfm_score, rfm_segment, favorite_category, favorite_brand,
    categories_purchased, brands_purchased, unique_products_purchased, discount_usage_rate, avg_discount_amount,
    weekend_buyer, preferred_order_hour, churn_risk_score, customer_age_days, place, last_updated
)
WITH limits AS (
    SELECT CAST(:recency AS DATE[]) AS r, CAST(:frequency AS BIGINT[]) AS f, CAST(:monetary AS BIGINT[]) AS m
),
several AS (
    SELECT customer_email FROM customer_states WHERE klaviyo_public_id = :account GROUP BY customer_email HAVING count(*) > 1
),
not_the_last AS (
    SELECT customer_id
    FROM (
        SELECT customer_id, row_number() OVER (PARTITION BY customer_email ORDER BY last_order_date DESC, customer_id) AS place
        FROM customer_states
        WHERE klaviyo_public_id = :account AND customer_email IN (SELECT customer_email FROM several)
    ) AS placed
    WHERE place > 1
),
scored AS (
    SELECT
        s.*, s.total_revenue - s.total_refunds AS net_revenue,
        1 + CAST(s.last_order_date > l.r[1] AS INTEGER) + CAST(s.last_order_date > l.r[2] AS INTEGER)
            + CAST(s.last_order_date > l.r[3] AS INTEGER) + CAST(s.last_order_date > l.r[4] AS INTEGER) AS recency_score,
        1 + CAST(s.total_orders > l.f[1] AS INTEGER) + CAST(s.total_orders > l.f[2] AS INTEGER)
            + CAST(s.total_orders > l.f[3] AS INTEGER) + CAST(s.total_orders > l.f[4] AS INTEGER) AS frequency_score,
        CAST((s.total_revenue - s.total_refunds) * 100 AS BIGINT) AS cents, l.m
    FROM customer_states AS s
    CROSS JOIN limits AS l
    WHERE s.klaviyo_public_id = :account
),
coded AS (
    SELECT
        *,
        1 + CAST(cents > m[1] AS INTEGER) + CAST(cents > m[2] AS INTEGER) + CAST(cents > m[3] AS INTEGER)
            + CAST(cents > m[4] AS INTEGER) AS monetary_score
    FROM scored
)
SELECT
    :account, CASE WHEN n.customer_id IS NULL THEN s.customer_email ELSE s.customer_id END, s.customer_id,
    s.total_orders, s.total_revenue, s.total_refunds, s.net_revenue,
    CAST((2 * CAST(s.total_revenue * 100 AS HUGEINT) + s.total_orders) // (2 * s.total_orders) AS DECIMAL(18, 0)) * 0.01,
    s.first_order_date, s.last_order_date, CAST(:as_of AS DATE) - s.last_order_date,
    CAST(s.last_order_date - s.first_order_date AS DOUBLE) / nullif(CAST(s.total_orders AS DOUBLE) - 1, 0),
    s.recency_score, s.frequency_score, s.monetary_score, g.rfm_score, g.rfm_segment, s.favorite_category,
    s.favorite_brand, s.categories_purchased, s.brands_purchased, s.unique_products_purchased,
    CAST(s.discounted_orders AS DOUBLE) / CAST(s.total_orders AS DOUBLE),
    CASE WHEN s.priced_discounts > 0 THEN
        CAST((2 * CAST(s.discount_total * 100 AS HUGEINT) + s.priced_discounts) // (2 * s.priced_discounts) AS DECIMAL(18, 0))
        * 0.01 END,
    CASE WHEN 2 * s.weekend_orders > s.total_orders THEN 1 ELSE 0 END, s.preferred_order_hour, c.risk,
    CAST(:as_of AS DATE) - s.first_order_date, p.place, now()
FROM coded AS s
JOIN rfm_segments AS g
    ON g.code = 100 * s.recency_score + 10 * s.frequency_score + s.monetary_score
JOIN churn_risks AS c
    ON c.order_days = s.order_days AND c.first_order_date = s.first_order_date AND c.last_order_date = s.last_order_date
JOIN history_places AS p ON p.customer_id = s.customer_id
LEFT JOIN not_the_last AS n ON n.customer_id = s.customer_id
-- The first of a list of customers by net revenue lie together: they are found without reading all.
ORDER BY p.place
