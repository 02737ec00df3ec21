-- purpose: the jobs of all accounts that nobody has ended
-- grain: one row a job
SELECT job_id, klaviyo_public_id, kind, lease_owner, lease_until
FROM sync_jobs
WHERE state IN ('queued', 'running')
ORDER BY created_at
