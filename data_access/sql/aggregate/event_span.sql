-- purpose: the first and last instant of the account's events
-- grain: one row; NULLs without events
-- params: account String
SELECT min(timestamp) AS first_event, max(timestamp) AS last_event FROM klaviyo_events WHERE klaviyo_public_id = :account
