-- purpose: ends a load that nobody works on any more
-- grain: one row a job
-- params: job String, message String
UPDATE data_processing_jobs SET
    status = 'failed', error_message = :message, completed_at = now(), progress = NULL
WHERE job_id = :job AND status IN ('queued', 'processing')
