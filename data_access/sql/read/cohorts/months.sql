-- purpose: what the customers of each month's first orders did in each month since
-- grain: one row a cohort and month with an order that counts
-- reads: cohort_months
SELECT cohort, age_months, customers, orders, net_revenue
FROM cohort_months
ORDER BY cohort, age_months
