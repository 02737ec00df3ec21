-- purpose: the metrics that may be an account's conversion metric, most events first
-- grain: one row a metric whose name is that of placed orders
-- reads: klaviyo_metrics, klaviyo_events
SELECT m.id, m.name, m.integration_name, count(e.id) AS events
FROM klaviyo_metrics AS m
LEFT JOIN klaviyo_events AS e ON e.metric_id = m.id
WHERE lower(m.name) = 'placed order'
GROUP BY m.id, m.name, m.integration_name
ORDER BY count(e.id) DESC, m.id
