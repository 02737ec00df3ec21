-- purpose: which of several 'Placed Order' metrics carries the store's orders
-- grain: one row a metric with an event in the 90 days up to the newest of them
-- params: account String, metrics Array(String)
SELECT e.metric_id, count(*) AS orders
FROM klaviyo_events AS e
WHERE e.klaviyo_public_id = :account
    AND e.metric_id = ANY (CAST(:metrics AS VARCHAR[]))
    AND e.timestamp > (
        SELECT max(n.timestamp) - INTERVAL '90 days'
        FROM klaviyo_events AS n
        WHERE n.klaviyo_public_id = :account AND n.metric_id = ANY (CAST(:metrics AS VARCHAR[]))
    )
GROUP BY e.metric_id
