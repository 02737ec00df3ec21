-- purpose: events older than the cutoff, less the touches of orders that stay
-- grain: one row
-- params: account String, cutoff DateTime64(6)
SELECT count(*) AS expired, min(timestamp) AS oldest, max(timestamp) AS newest
FROM klaviyo_events
WHERE klaviyo_public_id = :account AND timestamp < :cutoff
    AND NOT EXISTS (
        SELECT 1
        FROM klaviyo_attributions AS a
        JOIN klaviyo_events AS o ON o.klaviyo_public_id = a.klaviyo_public_id AND o.id = a.event_id
        WHERE a.klaviyo_public_id = :account AND o.timestamp >= :cutoff
            AND a.attributed_event_id = klaviyo_events.id
    )
