-- purpose: removes answers of the API in which a person stands
-- grain: one row an answer that holds `erased_pattern`
-- params: account String
DELETE FROM raw_api_responses
WHERE klaviyo_public_id = :account
    AND regexp_matches(CAST(response_data AS VARCHAR) || endpoint, (SELECT pattern FROM erased_pattern))
