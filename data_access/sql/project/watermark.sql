-- purpose: how far an account's orders are projected, and on what basis
-- grain: one row, none before the first run
-- params: account String
SELECT ingest_seq, basis
FROM projection_watermarks
WHERE klaviyo_public_id = :account AND projection = 'orders'
