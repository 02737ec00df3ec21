-- purpose: who stands at places of the blocks of orders, and what else is known of them
-- grain: one row a customer of those asked for; customer_email is the customer_id where there is none
-- params: places Array(Int32)
-- reads: customer_profiles
SELECT place, customer_id, customer_email, churn_risk_score
FROM customer_profiles
WHERE place IN (SELECT unnest(CAST(:places AS INTEGER[])))
