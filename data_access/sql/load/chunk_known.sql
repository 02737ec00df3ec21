-- purpose: which chunks of a job are in already
-- grain: one row a chunk
-- params: account String, job String
SELECT seq FROM loaded_chunks WHERE klaviyo_public_id = :account AND job_id = :job
