-- purpose: the ingest_seq at which a slice of a long projection ends, so that memory stays bounded
-- grain: one row; NULL where the rest is no longer than a slice
-- params: account String, metrics Array(String), after Int64, upto Int64, events Int64
SELECT ingest_seq AS slice_end
FROM klaviyo_events
WHERE klaviyo_public_id = :account
    AND metric_id = ANY (CAST(:metrics AS VARCHAR[]))
    AND ingest_seq > :after AND ingest_seq <= :upto
ORDER BY ingest_seq
LIMIT 1 OFFSET :events
