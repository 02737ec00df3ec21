-- purpose: notes that files are being loaded
-- grain: one row a job
-- params: job String, files Int32, by String, owner String, until DateTime64(6)
INSERT INTO data_processing_jobs (job_id, status, files_queued, started_at, started_by, lease_owner, lease_until)
VALUES (:job, 'processing', :files, now(), :by, :owner, :until)
