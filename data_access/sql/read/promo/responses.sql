-- purpose: what a model knows of each department in each channel
-- grain: one row a department and channel
-- params: model String
-- reads: uplift_responses
SELECT department, channel, CAST(response AS VARCHAR) AS response
FROM uplift_responses
WHERE model_version = :model
ORDER BY department, channel
