-- purpose: orders won and their gross revenue by order date and campaign or flow, for the days of rebuild_days
-- grain: one row a day and campaign or flow
-- params: account String
SELECT
    o.order_date AS date,
    a.source_type,
    CASE a.source_type WHEN 'flow' THEN a.flow_id ELSE a.campaign_id END AS source_id,
    CAST(sum(CASE WHEN o.order_value > 0 THEN 1 ELSE 0 END) AS BIGINT) AS conversions,
    CAST(coalesce(CAST(sum(o.order_value_account) AS DECIMAL(18, 2)), 0) AS DECIMAL(18, 2)) AS revenue
FROM klaviyo_orders AS o
JOIN order_attribution AS a ON a.klaviyo_public_id = :account AND a.order_id = o.order_id
WHERE o.klaviyo_public_id = :account AND o.order_date IN (SELECT date FROM rebuild_days)
GROUP BY o.order_date, a.source_type, CASE a.source_type WHEN 'flow' THEN a.flow_id ELSE a.campaign_id END
