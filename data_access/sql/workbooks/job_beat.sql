-- purpose: renews the lease of a load and tells its progress
-- grain: one row a job
-- params: job String, doing String, progress Nullable(Float64), until DateTime64(6)
UPDATE data_processing_jobs SET doing = :doing, progress = :progress, lease_until = :until
WHERE job_id = :job AND status = 'processing'
