-- purpose: the touches of the batch's new events
-- grain: one row an attribution
-- params: account String
INSERT INTO klaviyo_attributions
SELECT DISTINCT
    :account, a.id, a.event_id, a.attributed_event_id, a.campaign_id, a.campaign_message_id, a.flow_id,
    a.flow_message_id, a.flow_message_variation_id
FROM arriving_attributions AS a
WHERE NOT EXISTS (SELECT 1 FROM known_events AS k WHERE k.id = a.event_id)
