-- purpose: what of data_processing_jobs is older than the cutoff
-- grain: one row
-- params: cutoff DateTime64(6)
SELECT count(*) AS expired, min(created_at) AS oldest, max(created_at) AS newest
FROM data_processing_jobs
WHERE created_at < :cutoff AND status IN ('completed', 'failed')
