-- purpose: notes what the warehouse has acknowledged
-- grain: one row an account
-- params: account String, upto Int64, basis String
INSERT INTO projection_watermarks (klaviyo_public_id, projection, ingest_seq, basis)
VALUES (:account, 'orders', :upto, :basis)
ON CONFLICT (klaviyo_public_id, projection)
DO UPDATE SET ingest_seq = excluded.ingest_seq, basis = excluded.basis, updated_at = now()
