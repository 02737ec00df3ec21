-- purpose: what of klaviyo_aggregated_metrics is older than the cutoff
-- grain: one row
-- params: account String, cutoff DateTime64(6)
SELECT count(*) AS expired, min(time_bucket) AS oldest, max(time_bucket) AS newest
FROM klaviyo_aggregated_metrics
WHERE klaviyo_public_id = :account AND time_bucket < :cutoff
