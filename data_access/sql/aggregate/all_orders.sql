-- purpose: every day that has, or may still have, figures from orders or report statistics
-- grain: one row a day
-- params: account String
SELECT order_date AS date FROM klaviyo_orders WHERE klaviyo_public_id = :account
UNION
SELECT date FROM campaign_statistics WHERE klaviyo_public_id = :account
UNION
SELECT date FROM flow_statistics WHERE klaviyo_public_id = :account
UNION
SELECT date FROM account_metrics_daily WHERE klaviyo_public_id = :account
UNION
SELECT date FROM campaign_daily_aggregates WHERE klaviyo_public_id = :account
UNION
SELECT date FROM flow_days WHERE klaviyo_public_id = :account
