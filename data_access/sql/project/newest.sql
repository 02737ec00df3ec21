-- purpose: the newest event and the newest entry of the work list that a run takes in
-- grain: one row
-- params: account String
SELECT
    (SELECT coalesce(max(ingest_seq), 0) FROM klaviyo_events WHERE klaviyo_public_id = :account) AS events,
    (SELECT coalesce(max(seq), 0) FROM touched WHERE klaviyo_public_id = :account) AS touched
