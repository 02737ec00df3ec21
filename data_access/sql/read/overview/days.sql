-- purpose: what orders brought by day, up to an instant: gross revenue by order date, deductions by their own date
-- grain: one row a day and kind ('gross', 'booked'); and one of kind 'history': the first day with an order
-- params: since Date32, end Date32, until DateTime64(6)
-- reads: klaviyo_orders, order_deductions
SELECT 'gross' AS kind, order_date AS day, CAST(sum(order_value_account) AS DECIMAL(18, 2)) AS amount
FROM klaviyo_orders
WHERE order_date BETWEEN :since AND :end AND order_timestamp < :until
GROUP BY order_date
UNION ALL
SELECT 'booked', d.deduction_date, CAST(sum(d.amount) AS DECIMAL(18, 2))
FROM order_deductions AS d
JOIN klaviyo_orders AS o ON o.order_id = d.order_id
WHERE d.deduction_date BETWEEN :since AND :end AND d.event_timestamp < :until
GROUP BY d.deduction_date
UNION ALL
SELECT 'history', min(order_date), CAST(0 AS DECIMAL(18, 2))
FROM klaviyo_orders
