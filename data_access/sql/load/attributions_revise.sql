-- purpose: the touches of events that were there already: replaced where they differ from what is stored
-- grain: one row an event, an attribution
-- params: account String
CREATE TEMP TABLE revised_events AS
WITH stored AS (
    SELECT a.id, a.event_id, a.attributed_event_id, a.campaign_id, a.campaign_message_id, a.flow_id, a.flow_message_id,
        a.flow_message_variation_id
    FROM klaviyo_attributions AS a
    JOIN known_events AS k ON k.id = a.event_id
    WHERE a.klaviyo_public_id = :account
),
arriving AS (
    SELECT DISTINCT a.id, a.event_id, a.attributed_event_id, a.campaign_id, a.campaign_message_id, a.flow_id,
        a.flow_message_id, a.flow_message_variation_id
    FROM arriving_attributions AS a
    JOIN known_events AS k ON k.id = a.event_id
)
SELECT event_id FROM (SELECT * FROM stored EXCEPT SELECT * FROM arriving) AS gone
UNION
SELECT event_id FROM (SELECT * FROM arriving EXCEPT SELECT * FROM stored) AS fresh
-- @next
DELETE FROM klaviyo_attributions
WHERE klaviyo_public_id = :account AND event_id IN (SELECT event_id FROM revised_events)
-- @next
INSERT INTO klaviyo_attributions
SELECT DISTINCT
    :account, a.id, a.event_id, a.attributed_event_id, a.campaign_id, a.campaign_message_id, a.flow_id,
    a.flow_message_id, a.flow_message_variation_id
FROM arriving_attributions AS a
JOIN revised_events AS r ON r.event_id = a.event_id
-- @next
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'order_event', event_id, nextval('ingest_seq') FROM revised_events
