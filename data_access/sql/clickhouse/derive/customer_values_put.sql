-- purpose: puts the customers' values and the cohorts' months in place of those before
-- grain: one row a customer; one row a cohort and month
-- params: account String, row_version DateTime64(6)
INSERT INTO customer_values (
    klaviyo_public_id, customer_id, cohort, first_order_date, last_order_date, repeat_orders, valued_repeat_orders,
    repeat_value, p_alive, expected_orders, expected_order_value, expected_value, updated_at, is_deleted
)
SELECT
    :account, customer_id, cohort, first_order_date, last_order_date, repeat_orders, valued_repeat_orders,
    repeat_value, p_alive, expected_orders, expected_order_value, expected_value, :row_version, 0
FROM valued_customers
-- @next
INSERT INTO customer_values
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM customer_values
WHERE klaviyo_public_id = :account AND customer_id NOT IN (SELECT customer_id FROM valued_customers)
-- @next
INSERT INTO cohort_months (
    klaviyo_public_id, cohort, age_months, customers, orders, gross_revenue, net_revenue, updated_at, is_deleted
)
SELECT
    :account, cohort, age_months, customers, orders, gross_revenue, net_revenue, :row_version, 0
FROM months_of_cohorts
-- @next
INSERT INTO cohort_months
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM cohort_months
WHERE klaviyo_public_id = :account
    AND (cohort, age_months) NOT IN (SELECT cohort, age_months FROM months_of_cohorts)
