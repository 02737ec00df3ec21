-- purpose: flows: their names, states, triggers and tags
-- grain: one row a flow
-- reads: klaviyo_flows
SELECT flow_id, name, status, trigger_type, archived, tags FROM klaviyo_flows
