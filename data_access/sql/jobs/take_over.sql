-- purpose: ends a job whose process is gone; its account's dashboard is no longer being brought up to date
-- grain: one row
-- params: job String, error String, now DateTime64(6)
UPDATE stores SET is_updating_dashboard = false
WHERE is_updating_dashboard AND klaviyo_public_id IN (SELECT klaviyo_public_id FROM sync_jobs WHERE job_id = :job)
-- @next
UPDATE sync_jobs SET state = 'failed', error = :error, lease_owner = NULL, lease_until = NULL, finished_at = :now
WHERE job_id = :job AND state IN ('queued', 'running')
