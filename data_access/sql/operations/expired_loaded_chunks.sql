-- purpose: what of loaded_chunks is older than the cutoff
-- grain: one row
-- params: account String, cutoff DateTime64(6)
SELECT count(*) AS expired, min(loaded_at) AS oldest, max(loaded_at) AS newest
FROM loaded_chunks
WHERE klaviyo_public_id = :account AND loaded_at < :cutoff
