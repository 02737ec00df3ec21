-- purpose: the orders that count of all customers, with what was deducted of each
-- grain: one row an order that is not cancelled, worth more than 0 and not after the as-of date
-- On disk: of a large shop the orders are more than memory should hold beside what is made of them.
-- params: account String, timezone String, as_of Date32
CREATE OR REPLACE TEMPORARY TABLE counted_orders ENGINE = Log AS
WITH cuts AS (
    SELECT order_id, CAST(sum(amount) AS Decimal(18, 2)) AS amount
    FROM order_deductions
    WHERE klaviyo_public_id = :account
    GROUP BY order_id
)
SELECT
    o.order_id AS order_id, o.customer_id AS customer_id, o.customer_email AS customer_email,
    o.order_value_account AS order_value_account, o.order_date AS order_date, o.order_timestamp AS order_timestamp,
    o.discount_amount AS discount_amount, o.discount_amount_account AS discount_amount_account,
    toHour(o.order_timestamp, :timezone) AS order_hour, coalesce(d.amount, toDecimal64(0, 2)) AS deducted
FROM klaviyo_orders AS o
LEFT JOIN cuts AS d ON d.order_id = o.order_id
WHERE o.klaviyo_public_id = :account AND o.order_status <> 'cancelled' AND o.order_value > 0 AND o.order_date <= :as_of
