-- purpose: asks a running job to stop
-- grain: one row
-- params: job String
UPDATE sync_jobs SET cancel_requested = true WHERE job_id = :job AND state IN ('queued', 'running')
