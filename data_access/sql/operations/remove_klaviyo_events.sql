-- purpose: removes the attributions and the events of a span before the cutoff; touches of orders that stay are kept
-- grain: the rows of the span
-- params: account String, cutoff DateTime64(6), range_start DateTime64(6), range_end DateTime64(6)
DELETE FROM klaviyo_attributions
WHERE klaviyo_public_id = :account AND event_id IN (
    SELECT id FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND timestamp >= :range_start AND timestamp < :range_end
)
-- @next
DELETE FROM klaviyo_events
WHERE klaviyo_public_id = :account AND timestamp >= :range_start AND timestamp < :range_end
    AND NOT EXISTS (
        SELECT 1
        FROM klaviyo_attributions AS a
        JOIN klaviyo_events AS o ON o.klaviyo_public_id = a.klaviyo_public_id AND o.id = a.event_id
        WHERE a.klaviyo_public_id = :account AND o.timestamp >= :cutoff
            AND a.attributed_event_id = klaviyo_events.id
    )
