-- purpose: takes from the work list what the aggregates have handled
-- grain: the entries up to the newest that the run has seen
-- params: account String, upto Int64
DELETE FROM touched
WHERE klaviyo_public_id = :account AND kind NOT IN ('order_event', 'profile') AND seq <= :upto
