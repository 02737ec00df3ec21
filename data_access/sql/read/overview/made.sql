-- purpose: what net revenue is made of, in the month so far and in the same days of the month and the year before
-- grain: one row a span (this, previous, year), kind and key: kind 'buyers' by 'new' and 'repeat' (customers, and of them
-- grain: buyers: those with an order in the account's currency, which orders and amount are of); 'won' and 'booked'
-- grain: by attributed channel ('none' where nothing won); 'uncounted': orders that are nobody's purchase;
-- grain: 'unpriced' by currency: orders that no sum holds
-- params: start Date32, end Date32, until DateTime64(6), previous_start Date32, previous_end Date32
-- params: , previous_until DateTime64(6), year_start Date32, year_end Date32, year_until DateTime64(6)
-- reads: klaviyo_orders, order_attribution, order_deductions
WITH placed AS (
    SELECT
        CASE
            WHEN o.order_date BETWEEN :start AND :end AND o.order_timestamp < :until THEN 'this'
            WHEN o.order_date BETWEEN :previous_start AND :previous_end AND o.order_timestamp < :previous_until
                THEN 'previous'
            WHEN o.order_date BETWEEN :year_start AND :year_end AND o.order_timestamp < :year_until THEN 'year'
            ELSE ''
        END AS span,
        o.order_id AS order_id, o.customer_id AS customer_id, o.currency AS currency, o.order_value AS order_value,
        o.order_value_account AS value, o.is_first_order AS is_first_order,
        CASE WHEN o.order_status <> 'cancelled' AND o.order_value > 0 THEN 1 ELSE 0 END AS is_purchase,
        CASE WHEN o.order_value_account IS NULL THEN 0 ELSE 1 END AS is_priced
    FROM klaviyo_orders AS o
    WHERE o.order_date BETWEEN :start AND :end OR o.order_date BETWEEN :previous_start AND :previous_end
        OR o.order_date BETWEEN :year_start AND :year_end
),
buyers AS (
    SELECT span AS span, customer_id AS customer_id, max(is_first_order) AS is_new, sum(is_priced) AS orders,
        sum(value) AS value
    FROM placed
    WHERE span <> '' AND is_purchase = 1
    GROUP BY span, customer_id
),
taken AS (
    SELECT
        CASE
            WHEN d.deduction_date BETWEEN :start AND :end AND d.event_timestamp < :until THEN 'this'
            WHEN d.deduction_date BETWEEN :previous_start AND :previous_end AND d.event_timestamp < :previous_until
                THEN 'previous'
            WHEN d.deduction_date BETWEEN :year_start AND :year_end AND d.event_timestamp < :year_until THEN 'year'
            ELSE ''
        END AS span,
        d.order_id AS order_id, d.amount AS amount
    FROM order_deductions AS d
    WHERE d.deduction_date BETWEEN :start AND :end OR d.deduction_date BETWEEN :previous_start AND :previous_end
        OR d.deduction_date BETWEEN :year_start AND :year_end
)
SELECT span AS span, 'buyers' AS kind, CASE WHEN is_new = 1 THEN 'new' ELSE 'repeat' END AS key, count(*) AS customers,
    sum(CASE WHEN orders > 0 THEN 1 ELSE 0 END) AS buyers, sum(orders) AS orders,
    CAST(sum(value) AS DECIMAL(18, 2)) AS amount
FROM buyers
GROUP BY span, CASE WHEN is_new = 1 THEN 'new' ELSE 'repeat' END
UNION ALL
SELECT p.span, 'won', coalesce(a.channel, 'none'), 0, 0, sum(CASE WHEN p.order_value > 0 THEN 1 ELSE 0 END),
    CAST(sum(p.value) AS DECIMAL(18, 2))
FROM placed AS p
LEFT JOIN order_attribution AS a ON a.order_id = p.order_id
WHERE p.span <> ''
GROUP BY p.span, coalesce(a.channel, 'none')
UNION ALL
SELECT span, 'uncounted', '', 0, 0, count(*), CAST(sum(value) AS DECIMAL(18, 2))
FROM placed
WHERE span <> '' AND is_purchase = 0
GROUP BY span
UNION ALL
SELECT span, 'unpriced', currency, 0, 0, count(*), CAST(0 AS DECIMAL(18, 2))
FROM placed
WHERE span <> '' AND is_priced = 0
GROUP BY span, currency
UNION ALL
SELECT t.span, 'booked', coalesce(a.channel, 'none'), 0, 0, count(*), CAST(sum(t.amount) AS DECIMAL(18, 2))
FROM taken AS t
JOIN klaviyo_orders AS o ON o.order_id = t.order_id
LEFT JOIN order_attribution AS a ON a.order_id = t.order_id
WHERE t.span <> ''
GROUP BY t.span, coalesce(a.channel, 'none')
