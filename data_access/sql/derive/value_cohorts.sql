-- purpose: what the customers of each month's first orders did in each month since
-- grain: one row a cohort and month with an order that counts; months counted since year 0. net: less the deductions of
-- grain: these orders, whenever they came
-- params: account String, as_of Date32
WITH deducted AS (
    SELECT order_id, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
    FROM order_deductions
    WHERE klaviyo_public_id = :account
    GROUP BY order_id
),
monthly AS (
    SELECT
        o.customer_id AS customer_id, extract(YEAR FROM o.order_date) * 12 + extract(MONTH FROM o.order_date) AS month,
        count(*) AS orders, sum(coalesce(o.order_value_account, 0)) AS gross, sum(coalesce(d.amount, 0)) AS deductions
    FROM klaviyo_orders AS o
    LEFT JOIN deducted AS d ON d.order_id = o.order_id
    WHERE o.klaviyo_public_id = :account AND o.order_status <> 'cancelled' AND o.order_value > 0
        AND o.order_date <= :as_of
    GROUP BY o.customer_id, extract(YEAR FROM o.order_date) * 12 + extract(MONTH FROM o.order_date)
),
firsts AS (
    SELECT customer_id, min(month) AS cohort FROM monthly GROUP BY customer_id
)
SELECT
    CAST(f.cohort AS INTEGER) AS cohort, CAST(m.month - f.cohort AS INTEGER) AS age_months, count(*) AS customers,
    sum(m.orders) AS orders, CAST(sum(m.gross) AS DECIMAL(18, 2)) AS gross_revenue,
    CAST(sum(m.gross) AS DECIMAL(18, 2)) - CAST(sum(m.deductions) AS DECIMAL(18, 2)) AS net_revenue
FROM monthly AS m
JOIN firsts AS f ON f.customer_id = m.customer_id
GROUP BY f.cohort, m.month
ORDER BY 1, 2
