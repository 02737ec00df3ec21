-- purpose: versions and freshness of every account's datasets, and how far its projection has come
-- grain: one row an account and dataset
SELECT v.klaviyo_public_id AS account, v.dataset, v.version, v.as_of, coalesce(w.ingest_seq, 0) AS projected
FROM data_versions AS v
LEFT JOIN projection_watermarks AS w ON w.klaviyo_public_id = v.klaviyo_public_id AND w.projection = 'orders'
ORDER BY v.klaviyo_public_id, v.dataset
