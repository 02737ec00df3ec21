-- purpose: takes from the work list what the aggregates have handled
-- grain: the entries up to the newest that the run has seen, and the days that it noted itself and has rebuilt
-- params: account String, upto Int64
DELETE FROM touched
WHERE klaviyo_public_id = :account AND kind NOT IN ('order_event', 'profile')
    AND (seq <= :upto OR (kind = 'order_day' AND key IN (SELECT CAST(date AS VARCHAR) FROM done_days)))
