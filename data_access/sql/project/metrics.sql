-- purpose: the metrics of an account
-- grain: one row a metric
-- params: account String
SELECT id, name, integration_id FROM klaviyo_metrics WHERE klaviyo_public_id = :account ORDER BY id
