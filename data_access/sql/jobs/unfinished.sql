-- purpose: the jobs of an account that nobody has ended
-- grain: one row a job
-- params: account String
SELECT job_id, lease_owner, lease_until
FROM sync_jobs
WHERE klaviyo_public_id = :account AND state IN ('queued', 'running')
ORDER BY created_at
