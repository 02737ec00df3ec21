-- purpose: what customers are scored by
-- grain: one row a customer; cents: net revenue
-- params: account String
SELECT
    last_order_date, first_order_date, total_orders, order_days,
    CAST((total_revenue - total_refunds) * 100 AS BIGINT) AS cents
FROM customer_states
WHERE klaviyo_public_id = :account
