-- purpose: removes what of loaded_chunks is older than the cutoff
-- grain: its rows
-- params: account String, cutoff DateTime64(6)
DELETE FROM loaded_chunks
WHERE klaviyo_public_id = :account AND loaded_at < :cutoff
