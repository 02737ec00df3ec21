-- purpose: the orders that count of the touched customers, with what was deducted of each
-- grain: one row an order that is not cancelled, worth more than 0 and not after the as-of date
-- params: account String, timezone String, as_of Date
CREATE OR REPLACE TEMP TABLE counted_orders AS
WITH mine AS (
    SELECT *
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
        AND customer_id IN (SELECT customer_id FROM touched_customers)
)
SELECT
    o.order_id, o.customer_id, o.customer_email, o.order_value_account, o.order_date, o.order_timestamp,
    o.discount_amount, o.discount_amount_account,
    CAST(hour(o.order_timestamp AT TIME ZONE :timezone) AS UTINYINT) AS order_hour, coalesce(d.amount, 0) AS deducted
FROM mine AS o
LEFT JOIN (
    SELECT order_id, sum(amount) AS amount
    FROM order_deductions
    WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM mine)
    GROUP BY order_id
) AS d ON d.order_id = o.order_id
