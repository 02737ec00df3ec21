-- purpose: the orders that count of all customers, with what was deducted of each
-- grain: one row an order that is not cancelled, worth more than 0 and not after the as-of date
-- params: account String, timezone String, as_of Date
CREATE OR REPLACE TEMP TABLE counted_orders AS
SELECT
    o.order_id, o.customer_id, o.customer_email, o.order_value_account, o.order_date, o.order_timestamp,
    o.discount_amount, o.discount_amount_account,
    CAST(hour(o.order_timestamp AT TIME ZONE :timezone) AS UTINYINT) AS order_hour, coalesce(d.amount, 0) AS deducted
FROM klaviyo_orders AS o
LEFT JOIN (
    SELECT order_id, sum(amount) AS amount FROM order_deductions WHERE klaviyo_public_id = :account GROUP BY order_id
) AS d ON d.order_id = o.order_id
WHERE o.klaviyo_public_id = :account AND o.order_status <> 'cancelled' AND o.order_value > 0 AND o.order_date <= :as_of
