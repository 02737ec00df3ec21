-- purpose: whether a slice of the feed holds an order, refund or cancellation at all
-- grain: one row
-- params: account String, metrics Array(String), after Int64, upto Int64
SELECT count(*) AS events
FROM klaviyo_events
WHERE klaviyo_public_id = :account
    AND metric_id = ANY (CAST(:metrics AS VARCHAR[]))
    AND ingest_seq > :after AND ingest_seq <= :upto
