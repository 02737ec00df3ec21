-- purpose: how far back an account's events are kept
-- grain: one row; NULL without events
-- params: account String
SELECT min(timestamp) AS horizon FROM klaviyo_events WHERE klaviyo_public_id = :account
