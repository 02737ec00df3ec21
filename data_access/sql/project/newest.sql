-- purpose: the newest event and the newest entry of the work list that a run takes in, and whether events were revised
-- grain: one row
-- params: account String, after Int64
SELECT
    (
        -- Only what is above the watermark is looked at: the cost of a new day does not grow with the store.
        SELECT coalesce(max(ingest_seq), :after) FROM klaviyo_events
        WHERE klaviyo_public_id = :account AND ingest_seq > :after
    ) AS events,
    coalesce(max(seq), 0) AS touched,
    coalesce(sum(CASE WHEN kind IN ('order_event', 'profile') THEN 1 ELSE 0 END), 0) AS revised
FROM touched
WHERE klaviyo_public_id = :account
