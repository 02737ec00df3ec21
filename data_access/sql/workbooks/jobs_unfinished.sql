-- purpose: the loads of workbooks that have not ended
-- grain: one row a job
SELECT job_id, lease_owner, lease_until FROM data_processing_jobs
WHERE status IN ('queued', 'processing')
ORDER BY job_id
