-- purpose: puts the customers' values and the cohorts' months in place of those before
-- grain: one row a customer; one row a cohort and month
-- params: account String
DELETE FROM customer_values WHERE klaviyo_public_id = :account
-- @next
INSERT INTO customer_values (
    klaviyo_public_id, customer_id, cohort, first_order_date, last_order_date, repeat_orders, valued_repeat_orders,
    repeat_value, p_alive, expected_orders, expected_order_value, expected_value, updated_at
)
SELECT
    :account, customer_id, cohort, first_order_date, last_order_date, repeat_orders, valued_repeat_orders,
    repeat_value, p_alive, expected_orders, expected_order_value, expected_value, now()
FROM valued_customers
-- @next
DELETE FROM cohort_months WHERE klaviyo_public_id = :account
-- @next
INSERT INTO cohort_months (
    klaviyo_public_id, cohort, age_months, customers, orders, gross_revenue, net_revenue, updated_at
)
SELECT :account, cohort, age_months, customers, orders, gross_revenue, net_revenue, now()
FROM months_of_cohorts
