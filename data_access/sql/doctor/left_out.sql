-- purpose: what is loaded but does not count: orders without an exchange rate, events that could not become rows
-- grain: one row an account
SELECT
    account,
    CAST(sum(orders) AS BIGINT) AS orders_without_rate,
    CAST(sum(rejects) AS BIGINT) AS rejected_events
FROM (
    SELECT klaviyo_public_id AS account, count(*) AS orders, 0 AS rejects
    FROM klaviyo_orders
    WHERE order_value_account IS NULL
    GROUP BY klaviyo_public_id
    UNION ALL
    SELECT klaviyo_public_id, 0, count(*) FROM projection_rejects GROUP BY klaviyo_public_id
) AS found
GROUP BY account
ORDER BY account
