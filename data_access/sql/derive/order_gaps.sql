-- purpose: days between an order that counts and the customer's one before
-- grain: one row a number of days, with how many such gaps there are
-- params: account String, as_of Date32
SELECT days_since_last_order AS days, count(*) AS gaps
FROM klaviyo_orders
WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
    AND days_since_last_order IS NOT NULL
GROUP BY days_since_last_order
ORDER BY days_since_last_order
