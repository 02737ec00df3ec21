-- purpose: events of an account that could not become orders or refunds, with their reasons
-- grain: one row an event and reason
-- params: account String
SELECT event_id, metric_name, reason FROM projection_rejects WHERE klaviyo_public_id = :account
