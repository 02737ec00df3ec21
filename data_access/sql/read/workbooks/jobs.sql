-- purpose: the newest loads of workbooks
-- grain: one row a load, newest first
-- reads: data_processing_jobs
-- params: most Int32
SELECT
    job_id, status, started_by, files_queued, records_processed, errors, CAST(result AS VARCHAR) AS result,
    error_message, doing, progress, started_at, created_at, completed_at
FROM data_processing_jobs
ORDER BY created_at DESC, job_id DESC
LIMIT :most
