-- purpose: notes what a slice could not turn into rows, and forgets what was wrong with events read again
-- grain: one row an event and reason
-- params: account String
DELETE FROM projection_rejects
WHERE klaviyo_public_id = :account AND event_id IN (
    SELECT event_id FROM incoming_orders UNION ALL SELECT event_id FROM incoming_refunds
)
-- @next
INSERT INTO projection_rejects (klaviyo_public_id, event_id, metric_name, event_timestamp, reason)
SELECT :account, event_id, 'Placed Order', order_timestamp, reason FROM incoming_orders WHERE reason IS NOT NULL
UNION ALL
SELECT :account, l.event_id, 'Placed Order', o.order_timestamp, l.reason
FROM incoming_lines AS l
JOIN incoming_orders AS o ON o.event_id = l.event_id
WHERE l.reason IS NOT NULL
UNION ALL
SELECT :account, event_id, metric_name, event_timestamp, reason FROM incoming_refunds WHERE reason IS NOT NULL
