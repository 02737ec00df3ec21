-- purpose: one load of workbooks
-- grain: one row, none where there is no such load
-- reads: data_processing_jobs
-- params: job String
SELECT
    job_id, status, started_by, files_queued, records_processed, errors, CAST(result AS VARCHAR) AS result,
    error_message, doing, progress, started_at, created_at, completed_at
FROM data_processing_jobs
WHERE job_id = :job
