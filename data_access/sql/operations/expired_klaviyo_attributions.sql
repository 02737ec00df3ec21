-- purpose: attributions of events older than the cutoff
-- grain: one row
-- params: account String, cutoff DateTime64(6)
SELECT count(*) AS expired, min(e.timestamp) AS oldest, max(e.timestamp) AS newest
FROM klaviyo_attributions AS a
JOIN klaviyo_events AS e ON e.klaviyo_public_id = a.klaviyo_public_id AND e.id = a.event_id
WHERE a.klaviyo_public_id = :account AND e.timestamp < :cutoff
