-- purpose: gross revenue by order date and attributed channel, for the days of rebuild_days
-- grain: one row a day and channel; counts leave out orders of value 0 or less, that of customers cancelled ones too
-- params: account String
SELECT
    o.order_date AS date,
    coalesce(a.channel, 'none') AS channel,
    CAST(coalesce(CAST(sum(o.order_value_account) AS DECIMAL(18, 2)), 0) AS DECIMAL(18, 2)) AS revenue,
    CAST(sum(CASE WHEN o.order_value > 0 THEN 1 ELSE 0 END) AS BIGINT) AS order_count,
    count(DISTINCT CASE WHEN o.order_status <> 'cancelled' AND o.order_value > 0 THEN o.customer_id END) AS customer_count
FROM klaviyo_orders AS o
LEFT JOIN order_attribution AS a ON a.klaviyo_public_id = :account AND a.order_id = o.order_id
WHERE o.klaviyo_public_id = :account AND o.order_date IN (SELECT date FROM rebuild_days)
GROUP BY o.order_date, coalesce(a.channel, 'none')
