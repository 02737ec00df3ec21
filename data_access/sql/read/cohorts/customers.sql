-- purpose: every customer with what is expected of them, for the export
-- grain: one row a customer, most expected first; customer_email NULL where there is none, or it may not be seen
-- params: with_email Bool
-- reads: customer_values, customer_profiles
SELECT
    v.customer_id AS customer_id,
    CASE WHEN :with_email AND p.customer_email LIKE '%@%' THEN p.customer_email END AS customer_email,
    v.cohort AS cohort, v.first_order_date AS first_order_date, v.last_order_date AS last_order_date,
    p.total_orders AS total_orders, p.net_revenue AS net_revenue, v.repeat_orders AS repeat_orders,
    v.p_alive AS p_alive, v.expected_orders AS expected_orders, v.expected_order_value AS expected_order_value,
    v.expected_value AS expected_value, v.valued_repeat_orders AS valued_repeat_orders, v.repeat_value AS repeat_value
FROM customer_values AS v
LEFT JOIN customer_profiles AS p ON p.customer_id = v.customer_id
ORDER BY v.expected_value DESC NULLS LAST, v.customer_id
