-- purpose: the batch's attributions where some of its events come twice: those that came with the event as it is taken
-- grain: one row an attribution
CREATE OR REPLACE TEMP VIEW arriving_attributions AS
SELECT a.*
FROM staged_attributions AS a
LEFT JOIN (SELECT id, delivery FROM arriving_once) AS e ON e.id = a.event_id
WHERE e.id IS NULL OR e.delivery = a.delivery
