-- purpose: removes what of klaviyo_aggregated_metrics is older than the cutoff
-- grain: its rows
-- params: account String, cutoff DateTime64(6)
DELETE FROM klaviyo_aggregated_metrics WHERE klaviyo_public_id = :account AND time_bucket < :cutoff
