-- purpose: notes what a slice could not turn into rows, and forgets what was wrong with events read again
-- grain: one row an event and reason
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE rejected ENGINE = Memory AS
SELECT DISTINCT event_id, metric_name, event_timestamp, reason
FROM (
    SELECT event_id, 'Placed Order' AS metric_name, order_timestamp AS event_timestamp, reason
    FROM incoming_orders
    WHERE reason IS NOT NULL
    UNION ALL
    SELECT l.event_id, 'Placed Order', o.order_timestamp, l.reason
    FROM incoming_lines AS l
    JOIN incoming_orders AS o ON o.event_id = l.event_id
    WHERE l.reason IS NOT NULL
    UNION ALL
    SELECT event_id, metric_name, event_timestamp, reason FROM incoming_refunds WHERE reason IS NOT NULL
) AS told
-- @next
INSERT INTO projection_rejects (
    klaviyo_public_id, event_id, metric_name, event_timestamp, reason, updated_at, is_deleted
)
SELECT :account, event_id, metric_name, event_timestamp, reason, :row_version, 0
FROM rejected
UNION ALL
SELECT :account, event_id, metric_name, event_timestamp, reason, :row_version, 1
FROM projection_rejects
WHERE klaviyo_public_id = :account
    AND event_id IN (SELECT event_id FROM incoming_orders UNION ALL SELECT event_id FROM incoming_refunds)
    AND (event_id, reason) NOT IN (SELECT event_id, reason FROM rejected)
