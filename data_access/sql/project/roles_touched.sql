-- purpose: puts the days of events of the given metrics on the work list, and the orders that such an event may have won
-- grain: one row a UTC day (kind 'day'), one an order event (kind 'order_event')
-- params: account String, metrics Array(String)
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'day', CAST(d.day AS VARCHAR), nextval('ingest_seq')
FROM (
    SELECT DISTINCT CAST(timestamp AT TIME ZONE 'UTC' AS DATE) AS day
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND metric_id = ANY (CAST(:metrics AS VARCHAR[]))
) AS d
-- @next
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'order_event', w.event_id, nextval('ingest_seq')
FROM (
    SELECT DISTINCT a.event_id
    FROM klaviyo_attributions AS a
    JOIN klaviyo_events AS e ON e.klaviyo_public_id = a.klaviyo_public_id AND e.id = a.attributed_event_id
    WHERE a.klaviyo_public_id = :account AND e.metric_id = ANY (CAST(:metrics AS VARCHAR[]))
) AS w
