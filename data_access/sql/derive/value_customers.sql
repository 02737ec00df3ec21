-- purpose: customers as the models of repeat buying need them; orders of one day count once
-- grain: one row a customer with an order that counts, of days with such an order; orders: all of them. repeat_value: gross value of the days
-- grain: after the first, as far as they have one in the account's currency; valued_days: how many of these there are;
-- grain: days_before: up to the split, days_after: from the split on and before the as-of date
-- params: account String, as_of Date32, split Date32
WITH days AS (
    -- The first order of a later day is the only one of its day with a gap to the order before.
    SELECT
        customer_id, order_date, max(coalesce(days_since_last_order, 0)) AS gap,
        CAST(sum(CASE WHEN order_value_account > 0 THEN order_value_account ELSE 0 END) AS DECIMAL(18, 2)) AS value,
        CAST(max(CASE WHEN order_value_account > 0 THEN 1 ELSE 0 END) AS INTEGER) AS valued, count(*) AS orders
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
    GROUP BY customer_id, order_date
)
SELECT
    customer_id,
    min(order_date) AS first_day,
    max(order_date) AS last_day,
    min(CASE WHEN gap > 0 THEN order_date END) AS second_day,
    count(*) AS order_days,
    sum(orders) AS orders,
    sum(valued) - argMin(valued, order_date) AS valued_days,
    CAST(sum(value) AS DECIMAL(18, 2)) - argMin(value, order_date) AS repeat_value,
    max(CASE WHEN order_date < :split THEN order_date END) AS last_before,
    sum(CASE WHEN order_date < :split THEN 1 ELSE 0 END) AS days_before,
    sum(CASE WHEN order_date >= :split AND order_date < :as_of THEN 1 ELSE 0 END) AS days_after
FROM days
GROUP BY customer_id
