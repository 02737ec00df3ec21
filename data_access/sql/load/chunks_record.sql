-- purpose: remembers that chunks are in
-- grain: one row a chunk
-- params: account String
INSERT INTO loaded_chunks (klaviyo_public_id, job_id, seq) SELECT :account, s.job, s.seq FROM staged_chunks AS s
