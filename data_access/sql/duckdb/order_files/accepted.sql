-- purpose: what is loaded of a checked file
-- grain: one row; NULLs where nothing is
SELECT
    count(*) AS orders,
    count(DISTINCT customer_id) AS customers,
    count(*) FILTER (order_status = 'cancelled') AS cancelled,
    count(*) FILTER (order_value_account IS NULL) AS without_rate,
    min(order_timestamp) AS first_order,
    max(order_timestamp) AS last_order,
    max(order_date) AS last_day,
    coalesce(max(part), -1) + 1 AS parts,
    coalesce(sum(lines), 0) AS lines
FROM klaviyo_orders
