-- purpose: notes how a job of files ended
-- grain: one row a job
-- params: job String, status String, processed Int32, records Int64, errors Int32, result String
-- params: , message Nullable(String)
UPDATE data_processing_jobs SET
    status = :status, files_processed = :processed, records_processed = :records, errors = :errors,
    result = CAST(:result AS JSON), error_message = :message, completed_at = now(), doing = NULL, progress = NULL
WHERE job_id = :job
