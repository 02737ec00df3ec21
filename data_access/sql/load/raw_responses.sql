-- purpose: keeps Klaviyo's answers
-- grain: one row an answer
-- params: account String
INSERT INTO raw_api_responses (klaviyo_public_id, endpoint, response_data, timestamp, api_version)
SELECT :account, endpoint, CAST(response_data AS JSON), timestamp, api_version FROM staged_raw_api_responses
