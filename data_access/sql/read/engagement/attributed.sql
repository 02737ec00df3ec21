-- purpose: what orders of some days are worth by the message that won them, and how much of it was sent before
-- grain: one row a kind (campaign, flow, none) and channel; earlier: won by campaigns sent before these days
-- params: start Date32, end Date32, this_until Nullable(DateTime64(6))
-- reads: klaviyo_orders, order_attribution, campaign_statistics
SELECT
    coalesce(a.source_type, 'none') AS kind, coalesce(a.channel, 'none') AS channel,
    sum(CASE WHEN o.order_value > 0 THEN 1 ELSE 0 END) AS orders,
    coalesce(CAST(sum(o.order_value_account) AS DECIMAL(18, 2)), CAST(0 AS DECIMAL(18, 2))) AS gross,
    coalesce(
        CAST(sum(CASE WHEN c.sent_on < :start THEN o.order_value_account END) AS DECIMAL(18, 2)),
        CAST(0 AS DECIMAL(18, 2))
    ) AS earlier
FROM klaviyo_orders AS o
LEFT JOIN order_attribution AS a ON a.order_id = o.order_id
LEFT JOIN (
    SELECT campaign_id, max(date) AS sent_on FROM campaign_statistics GROUP BY campaign_id
) AS c ON c.campaign_id = a.campaign_id
WHERE o.order_date BETWEEN :start AND :end
    AND (:this_until IS NULL OR o.order_timestamp < :this_until)
GROUP BY coalesce(a.source_type, 'none'), coalesce(a.channel, 'none')
