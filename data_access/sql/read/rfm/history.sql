-- purpose: what customers are scored by at any date: their orders that count
-- grain: one row a customer; cents: net of what was deducted, in the account's currency
-- reads: customer_histories
SELECT customer_id, orders FROM customer_histories
