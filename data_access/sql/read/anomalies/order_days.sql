-- purpose: store orders and what was deducted, by day: what is watched for unusual days
-- grain: one row a day with an order or a deduction
-- params: start Date32, end Date32
-- reads: klaviyo_orders, order_deductions
SELECT
    day,
    CAST(sum(gross) AS DECIMAL(18, 2)) AS gross_revenue, CAST(sum(positive) AS DECIMAL(18, 2)) AS positive_value,
    CAST(sum(amount) AS DECIMAL(18, 2)) AS deducted, sum(counted) AS orders, sum(priced) AS priced_orders,
    sum(first) AS new_customers
FROM (
    SELECT
        order_date AS day, coalesce(order_value_account, 0) AS gross,
        CASE WHEN order_value_account > 0 THEN order_value_account ELSE 0 END AS positive,
        CAST(0 AS DECIMAL(18, 2)) AS amount,
        CASE WHEN order_value > 0 THEN 1 ELSE 0 END AS counted,
        CASE WHEN order_value_account > 0 THEN 1 ELSE 0 END AS priced,
        CASE WHEN is_first_order = 1 AND order_status <> 'cancelled' THEN 1 ELSE 0 END AS first
    FROM klaviyo_orders
    WHERE order_date BETWEEN :start AND :end
    UNION ALL
    SELECT deduction_date, CAST(0 AS DECIMAL(18, 2)), CAST(0 AS DECIMAL(18, 2)), amount, 0, 0, 0
    FROM order_deductions
    WHERE deduction_date BETWEEN :start AND :end
) AS told
GROUP BY day
ORDER BY day
