-- purpose: what the metrics of an account stood for when its events were last taken in
-- grain: one row, none before the first run
-- params: account String
SELECT basis FROM projection_watermarks WHERE klaviyo_public_id = :account AND projection = 'metric_roles'
