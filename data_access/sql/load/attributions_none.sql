-- purpose: a batch in which no event is attributed
-- grain: no row
CREATE OR REPLACE TEMP VIEW arriving_attributions AS
SELECT
    id, event_id, attributed_event_id, campaign_id, campaign_message_id, flow_id, flow_message_id,
    flow_message_variation_id
FROM klaviyo_attributions WHERE false
