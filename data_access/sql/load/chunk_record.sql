-- purpose: remembers that a chunk is in
-- grain: one row a chunk
-- params: account String, job String, seq Int64
INSERT INTO loaded_chunks (klaviyo_public_id, job_id, seq) VALUES (:account, :job, :seq)
