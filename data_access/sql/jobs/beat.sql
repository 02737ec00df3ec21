-- purpose: says that a job's process lives, and how far it is
-- grain: one row
-- params: job String, owner String, resource String, counts String, rejects String, notes String,
-- params: until DateTime64(6), now DateTime64(6), progress Nullable(Float64)
UPDATE sync_jobs SET
    resource = :resource, progress = :progress, counts = CAST(:counts AS JSON), rejects = CAST(:rejects AS JSON), notes = CAST(:notes AS JSON),
    lease_until = :until, heartbeat_at = :now
WHERE job_id = :job AND lease_owner = :owner AND state = 'running'
