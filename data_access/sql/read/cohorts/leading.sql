-- purpose: the customers of whom most is expected, or one of them
-- grain: one row a customer, most expected first; customer_email NULL where there is none, or it may not be seen
-- params: most Int64, customer String, with_email Bool
-- reads: customer_values, customer_profiles
WITH foremost AS (
    SELECT
        customer_id, first_order_date, last_order_date, repeat_orders, valued_repeat_orders, repeat_value, p_alive,
        expected_orders, expected_order_value, expected_value
    FROM customer_values
    WHERE expected_value IS NOT NULL AND (:customer = '' OR customer_id = :customer)
    ORDER BY expected_value DESC, customer_id
    LIMIT :most
)
SELECT
    l.customer_id AS customer_id,
    CASE WHEN :with_email AND p.customer_email LIKE '%@%' THEN p.customer_email END AS customer_email,
    l.first_order_date AS first_order_date, l.last_order_date AS last_order_date,
    l.repeat_orders AS repeat_orders, l.valued_repeat_orders AS valued_repeat_orders, l.repeat_value AS repeat_value,
    p.total_orders AS total_orders, p.net_revenue AS net_revenue, l.p_alive AS p_alive,
    l.expected_orders AS expected_orders, l.expected_order_value AS expected_order_value,
    l.expected_value AS expected_value
FROM foremost AS l
LEFT JOIN (
    SELECT customer_id, customer_email, total_orders, net_revenue
    FROM customer_profiles
    WHERE customer_id IN (SELECT customer_id FROM foremost)
) AS p ON p.customer_id = l.customer_id
ORDER BY l.expected_value DESC, l.customer_id
