-- purpose: notes what the metrics of an account stand for
-- grain: one row an account
-- params: account String, basis String
INSERT INTO projection_watermarks (klaviyo_public_id, projection, ingest_seq, basis)
VALUES (:account, 'metric_roles', 0, :basis)
ON CONFLICT (klaviyo_public_id, projection) DO UPDATE SET basis = excluded.basis, updated_at = now()
