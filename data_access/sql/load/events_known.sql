-- purpose: which of the batch's events are there already, and under which profile
-- grain: one row a known event
-- params: account String, low DateTime64(6), high DateTime64(6)
CREATE TEMP TABLE known_events AS
SELECT e.id, e.profile_id AS old_profile_id, s.profile_id
FROM klaviyo_events AS e
JOIN (SELECT id, profile_id FROM arriving_events) AS s ON s.id = e.id
WHERE e.klaviyo_public_id = :account AND e.timestamp BETWEEN :low AND :high
