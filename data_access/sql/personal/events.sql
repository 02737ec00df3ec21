-- purpose: the events of a person, of `erased_names`
-- grain: one row an event
-- params: account String
SELECT id, CAST(properties AS VARCHAR) AS properties
FROM klaviyo_events
WHERE klaviyo_public_id = :account AND profile_id IN (SELECT name FROM erased_names)
