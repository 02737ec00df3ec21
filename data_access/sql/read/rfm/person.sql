-- purpose: who a customer is, and where they stand in the blocks of orders
-- grain: one row, none where they have no order that counts; customer_email is the customer_id where there is none
-- params: customer String
-- reads: customer_profiles
SELECT place, customer_id, customer_email, churn_risk_score
FROM customer_profiles
WHERE customer_id = :customer
