-- purpose: notes that files are being loaded
-- grain: one row a job
-- params: job String, files Int32
INSERT INTO data_processing_jobs (job_id, status, files_queued, started_at)
VALUES (:job, 'processing', :files, now())
