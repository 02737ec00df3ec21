-- purpose: customers as the models of repeat buying need them; orders of one day count once
-- grain: one row a customer with an order that counts. A repeat day is one with an order, after the first such day.
-- grain: repeat_value: gross value of the repeat days that have one in the account's currency, valued_days their number;
-- grain: …_before: up to the split, …_after: from the split on and before the as-of date
-- params: account String, as_of Date32, split Date32
WITH days AS (
    -- The first order of a later day is the only one of its day with a gap to the order before.
    SELECT
        customer_id, order_date, max(coalesce(days_since_last_order, 0)) AS gap,
        sum(order_value_account) AS value, count(order_value_account) AS valued
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
    GROUP BY customer_id, order_date
)
SELECT
    customer_id,
    min(order_date) AS first_day,
    max(order_date) AS last_day,
    min(CASE WHEN gap > 0 THEN order_date END) AS second_day,
    sum(CASE WHEN gap > 0 THEN 1 ELSE 0 END) AS repeat_days,
    sum(CASE WHEN gap > 0 AND valued > 0 THEN 1 ELSE 0 END) AS valued_days,
    CAST(sum(CASE WHEN gap > 0 AND valued > 0 THEN value ELSE CAST(0 AS DECIMAL(18, 2)) END) AS DECIMAL(18, 2))
        AS repeat_value,
    max(CASE WHEN order_date < :split THEN order_date END) AS last_before,
    sum(CASE WHEN gap > 0 AND order_date < :split THEN 1 ELSE 0 END) AS repeat_before,
    sum(CASE WHEN order_date >= :split AND order_date < :as_of THEN 1 ELSE 0 END) AS days_after
FROM days
GROUP BY customer_id
