-- purpose: customer_profiles from the customers' states, in one pass. A score is 1 and one more for each limit of its
-- purpose: measure that the customer is above; an e-mail of several customers is the key of the one who bought last
-- grain: one row a customer; money to the cent, half up
-- params: account String, as_of Date32, recency Array(Date32), frequency Array(Int64), monetary Array(Int64),
-- params: row_version DateTime64(6)
INSERT INTO customer_profiles (
    klaviyo_public_id, customer_email, customer_id, total_orders, total_revenue, total_refunds, net_revenue,
    avg_order_value, first_order_date, last_order_date, days_since_last_order, avg_days_between_orders,
    recency_score, frequency_score, monetary_score, rfm_score, rfm_segment, favorite_category, favorite_brand,
    categories_purchased, brands_purchased, unique_products_purchased, discount_usage_rate, avg_discount_amount,
    weekend_buyer, preferred_order_hour, churn_risk_score, customer_age_days, place, last_updated, is_deleted
)
WITH several AS (
    SELECT customer_email FROM customer_states WHERE klaviyo_public_id = :account GROUP BY customer_email HAVING count(*) > 1
),
not_the_last AS (
    SELECT customer_id
    FROM (
        SELECT
            customer_id, row_number() OVER (PARTITION BY customer_email ORDER BY last_order_date DESC, customer_id) AS place
        FROM customer_states
        WHERE klaviyo_public_id = :account AND customer_email IN (SELECT customer_email FROM several)
    ) AS placed
    WHERE place > 1
),
scored AS (
    SELECT
        *, total_revenue - total_refunds AS net_revenue, toInt64((total_revenue - total_refunds) * 100) AS cents,
        1 + arraySum(limit -> last_order_date > limit, CAST(:recency AS Array(Date32))) AS recency_score,
        1 + arraySum(limit -> toInt64(total_orders) > limit, CAST(:frequency AS Array(Int64))) AS frequency_score,
        1 + arraySum(limit -> cents > limit, CAST(:monetary AS Array(Int64))) AS monetary_score,
        toInt64(100 * recency_score + 10 * frequency_score + monetary_score) AS code
    FROM customer_states
    WHERE klaviyo_public_id = :account
)
SELECT
    :account, if(s.customer_id IN (SELECT customer_id FROM not_the_last), s.customer_id, s.customer_email),
    s.customer_id, s.total_orders, s.total_revenue, s.total_refunds, s.net_revenue,
    promolens_money(promolens_half_up(toInt64(s.total_revenue * 100), toInt64(s.total_orders))),
    s.first_order_date, s.last_order_date, dateDiff('day', s.last_order_date, toDate32(:as_of)),
    toFloat64(dateDiff('day', s.first_order_date, s.last_order_date)) / nullIf(toFloat64(s.total_orders) - 1, 0),
    s.recency_score, s.frequency_score, s.monetary_score, g.rfm_score, g.rfm_segment, s.favorite_category,
    s.favorite_brand, s.categories_purchased, s.brands_purchased, s.unique_products_purchased,
    toFloat64(s.discounted_orders) / toFloat64(s.total_orders),
    if(s.priced_discounts > 0, promolens_money(promolens_half_up(
        toInt64(s.discount_total * 100), greatest(toInt64(s.priced_discounts), 1)
    )), NULL),
    if(2 * s.weekend_orders > s.total_orders, 1, 0), s.preferred_order_hour, c.risk,
    dateDiff('day', s.first_order_date, toDate32(:as_of)), h.place, :row_version, 0
FROM scored AS s
JOIN rfm_segments AS g ON g.code = s.code
JOIN history_places AS h ON h.customer_id = s.customer_id
JOIN churn_risks AS c
    ON c.order_days = s.order_days AND c.first_order_date = s.first_order_date AND c.last_order_date = s.last_order_date
-- @next
-- Keys that no customer has any more: all rows that were just put have the newest version.
INSERT INTO customer_profiles
SELECT p.* REPLACE (:row_version AS last_updated, 1 AS is_deleted)
FROM customer_profiles AS p
WHERE p.klaviyo_public_id = :account
    AND p.last_updated < (SELECT max(last_updated) FROM customer_profiles WHERE klaviyo_public_id = :account)
