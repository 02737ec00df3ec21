-- purpose: removes what of sync_jobs is older than the cutoff; the newest run stays, whatever its age
-- grain: its rows
-- params: account String, cutoff DateTime64(6)
DELETE FROM sync_jobs
WHERE klaviyo_public_id = :account AND created_at < :cutoff AND state NOT IN ('queued', 'running')
    AND job_id <> (SELECT max(job_id) FROM sync_jobs WHERE klaviyo_public_id = :account)
