-- purpose: what of raw_api_responses is older than the cutoff
-- grain: one row
-- params: account String, cutoff DateTime64(6)
SELECT count(*) AS expired, min(timestamp) AS oldest, max(timestamp) AS newest
FROM raw_api_responses
WHERE klaviyo_public_id = :account AND timestamp < :cutoff
