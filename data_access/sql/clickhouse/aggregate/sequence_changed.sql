-- purpose: the place of each order in its customer's sequence, where it differs from what is stored
-- grain: one row a changed order of the touched customers. Orders that do not count (cancelled, value 0 or less) hold
-- grain: 0 and no gap, and the running sums of those that do
-- params: account String
WITH mine AS (
    SELECT
        order_id, customer_id, order_date, order_timestamp, order_value_account, is_first_order,
        order_count_for_customer, days_since_last_order, customer_total_spent, customer_order_count,
        (order_status <> 'cancelled' AND order_value > 0) AS counts
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND customer_id IN (SELECT customer_id FROM touched_customers)
),
running AS (
    SELECT
        *,
        sum(CASE WHEN counts THEN 1 ELSE 0 END) OVER (
            PARTITION BY customer_id ORDER BY order_timestamp, order_id ROWS UNBOUNDED PRECEDING
        ) AS number,
        CAST(sum(CASE WHEN counts THEN coalesce(order_value_account, 0) ELSE 0 END) OVER (
            PARTITION BY customer_id ORDER BY order_timestamp, order_id ROWS UNBOUNDED PRECEDING
        ) AS Decimal(18, 2)) AS spent,
        max(CASE WHEN counts THEN order_date END) OVER (
            PARTITION BY customer_id ORDER BY order_timestamp, order_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS previous
    FROM mine
),
placed AS (
    SELECT
        order_id, order_date, is_first_order AS was_first,
        CASE WHEN counts AND number = 1 THEN 1 ELSE 0 END AS first_order,
        CASE WHEN counts THEN number ELSE 0 END AS count_for_customer,
        CASE WHEN counts THEN dateDiff('day', previous, order_date) END AS gap,
        spent, number,
        order_count_for_customer, days_since_last_order, customer_total_spent, customer_order_count
    FROM running
)
SELECT
    order_id, order_date, first_order, count_for_customer, gap, spent, number,
    CAST(ifNull(first_order <> was_first, true) AS Bool) AS first_moved
FROM placed
WHERE ifNull(first_order <> was_first, true)
    OR ifNull(count_for_customer <> order_count_for_customer, true)
    OR ifNull(gap <> days_since_last_order, (gap IS NULL) <> (days_since_last_order IS NULL))
    OR ifNull(spent <> customer_total_spent, true)
    OR ifNull(number <> customer_order_count, true)
