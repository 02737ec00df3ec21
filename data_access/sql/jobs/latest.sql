-- purpose: the latest jobs of an account, newest first; of upkeep, which brings nothing new, only one that runs
-- grain: one row a job
-- params: account String, count Int64
SELECT
    job_id, klaviyo_public_id, kind, state, started_by, resource, progress, CAST(counts AS VARCHAR) AS counts,
    CAST(rejects AS VARCHAR) AS rejects, CAST(notes AS VARCHAR) AS notes, error, cancel_requested, lease_owner,
    lease_until, heartbeat_at, created_at, started_at, finished_at
FROM sync_jobs
WHERE klaviyo_public_id = :account
    AND (kind NOT IN ('retention', 'backup') OR state IN ('queued', 'running'))
ORDER BY created_at DESC, job_id DESC
LIMIT :count
