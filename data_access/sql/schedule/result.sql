-- purpose: what a piece of work last found
-- grain: one row
-- params: account String, work String
SELECT state, started_at, finished_at, message, CAST(result AS VARCHAR) AS result
FROM scheduled_work
WHERE klaviyo_public_id = :account AND work = :work
