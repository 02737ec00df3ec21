-- purpose: the orders that count of the touched customers, with what was deducted of each
-- grain: one row an order that is not cancelled, worth more than 0 and not after the as-of date
-- params: account String, timezone String, as_of Date32
CREATE OR REPLACE TEMPORARY TABLE counted_orders ENGINE = Memory AS
WITH mine AS (
    SELECT *
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
        AND customer_id IN (SELECT customer_id FROM touched_customers)
),
cuts AS (
    SELECT order_id, CAST(sum(amount) AS Decimal(18, 2)) AS amount
    FROM order_deductions
    WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM mine)
    GROUP BY order_id
)
SELECT
    o.order_id AS order_id, o.customer_id AS customer_id, o.customer_email AS customer_email,
    o.order_value_account AS order_value_account, o.order_date AS order_date, o.order_timestamp AS order_timestamp,
    o.discount_amount AS discount_amount, o.discount_amount_account AS discount_amount_account,
    toHour(o.order_timestamp, :timezone) AS order_hour, coalesce(d.amount, toDecimal64(0, 2)) AS deducted
FROM mine AS o
LEFT JOIN cuts AS d ON d.order_id = o.order_id
