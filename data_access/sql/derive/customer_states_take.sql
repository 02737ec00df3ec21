-- purpose: takes the touched customers' states away before they are made anew
-- grain: one row a customer
-- params: account String
DELETE FROM customer_states
WHERE klaviyo_public_id = :account AND customer_id IN (SELECT customer_id FROM touched_customers)
-- @next
DELETE FROM customer_histories
WHERE klaviyo_public_id = :account AND customer_id IN (SELECT customer_id FROM touched_customers)
