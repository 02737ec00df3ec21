-- purpose: ends a job
-- grain: one row
-- params: job String, owner String, state String, counts String, rejects String, notes String,
-- params: error Nullable(String), now DateTime64(6)
UPDATE sync_jobs SET
    state = :state, counts = CAST(:counts AS JSON), rejects = CAST(:rejects AS JSON), notes = CAST(:notes AS JSON), error = :error, progress = 1.0,
    lease_owner = NULL, lease_until = NULL, heartbeat_at = :now, finished_at = :now
WHERE job_id = :job AND lease_owner = :owner AND state = 'running'
