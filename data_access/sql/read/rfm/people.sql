-- purpose: what else is known of customers
-- grain: one row a customer of those asked for; customer_email is the customer_id where there is none
-- params: ids Array(String)
-- reads: customer_profiles
SELECT customer_id, customer_email, first_order_date, churn_risk_score, favorite_category, preferred_order_hour
FROM customer_profiles
WHERE customer_id = ANY (CAST(:ids AS VARCHAR[]))
