-- purpose: whether a load was begun
-- grain: one row, none where it was not
-- params: job String
SELECT job_id, status FROM data_processing_jobs WHERE job_id = :job
