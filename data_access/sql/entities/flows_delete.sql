-- purpose: deletes one of the flows
-- grain: one row a flow
-- params: account String, id String
DELETE FROM klaviyo_flows WHERE klaviyo_public_id = :account AND flow_id = :id
