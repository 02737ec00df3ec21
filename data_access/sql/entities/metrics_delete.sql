-- purpose: deletes one of the metrics
-- grain: one row a metric
-- params: account String, id String
DELETE FROM klaviyo_metrics WHERE klaviyo_public_id = :account AND id = :id
