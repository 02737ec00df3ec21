-- purpose: one job
-- grain: one row
-- params: job String
SELECT
    job_id, klaviyo_public_id, kind, state, started_by, resource, progress, CAST(counts AS VARCHAR) AS counts,
    CAST(rejects AS VARCHAR) AS rejects, CAST(notes AS VARCHAR) AS notes, error, cancel_requested, lease_owner,
    lease_until, heartbeat_at, created_at, started_at, finished_at
FROM sync_jobs
WHERE job_id = :job
