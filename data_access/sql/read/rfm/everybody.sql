-- purpose: who stands where in the blocks of orders, and what else is known of them
-- grain: one row a customer; customer_email is the customer_id where there is none
-- reads: customer_profiles
SELECT place, customer_id, customer_email, churn_risk_score
FROM customer_profiles
