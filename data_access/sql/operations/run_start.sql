-- purpose: a new run of an operation; runs of this kind that their process left unfinished are ended
-- grain: one row
-- params: run String, kind String, account String, by String, owner String, now DateTime64(6)
UPDATE operation_runs
SET state = 'failed', error = 'The process that ran it stopped.', finished_at = :now
WHERE kind = :kind AND state = 'running' AND coalesce(klaviyo_public_id, '') = :account
-- @next
INSERT INTO operation_runs (run_id, kind, klaviyo_public_id, state, started_by, owner, details, started_at)
VALUES (:run, :kind, nullif(:account, ''), 'running', :by, :owner, '{}', :now)
