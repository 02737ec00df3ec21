-- purpose: what of sync_jobs is older than the cutoff; the newest run stays, whatever its age
-- grain: one row
-- params: account String, cutoff DateTime64(6)
SELECT count(*) AS expired, min(created_at) AS oldest, max(created_at) AS newest
FROM sync_jobs
WHERE klaviyo_public_id = :account AND created_at < :cutoff AND state NOT IN ('queued', 'running')
    AND job_id <> (SELECT max(job_id) FROM sync_jobs WHERE klaviyo_public_id = :account)
