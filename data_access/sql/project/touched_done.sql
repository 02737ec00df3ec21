-- purpose: takes from the work list what a projection has handled
-- grain: the entries for revised order events and profiles, up to the newest that the run has seen
-- params: account String, upto Int64
DELETE FROM touched
WHERE klaviyo_public_id = :account AND kind IN ('order_event', 'profile') AND seq <= :upto
