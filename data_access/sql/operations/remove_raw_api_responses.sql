-- purpose: removes what of raw_api_responses is older than the cutoff
-- grain: its rows
-- params: account String, cutoff DateTime64(6)
DELETE FROM raw_api_responses WHERE klaviyo_public_id = :account AND timestamp < :cutoff
