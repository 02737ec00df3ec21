-- purpose: ends a job whose process is gone
-- grain: one row
-- params: job String, error String, now DateTime64(6)
UPDATE sync_jobs SET state = 'failed', error = :error, lease_owner = NULL, lease_until = NULL, finished_at = :now
WHERE job_id = :job AND state IN ('queued', 'running')
