-- purpose: a new job with its lease
-- grain: one row
-- params: job String, account String, kind String, by String, owner String, until DateTime64(6), now DateTime64(6)
INSERT INTO sync_jobs
    (job_id, klaviyo_public_id, kind, state, started_by, progress, counts, rejects, notes, lease_owner, lease_until,
        heartbeat_at, created_at, started_at)
VALUES (:job, :account, :kind, 'running', :by, NULL, '{}', '[]', '[]', :owner, :until, :now, :now, :now)
