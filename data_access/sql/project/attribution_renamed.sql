-- purpose: orders whose winner's channel, campaign or flow has become known by its message, or its channel is another now
-- grain: one row an order
-- params: account String
SELECT
    t.order_id, t.order_date,
    CASE WHEN c.channel <> '' THEN c.channel ELSE t.channel END AS channel,
    t.source_type,
    CASE WHEN t.source_type = 'campaign' AND t.campaign_id = '' THEN coalesce(c.campaign_id, '') ELSE t.campaign_id END
        AS campaign_id,
    CASE WHEN t.source_type = 'flow' AND t.flow_id = '' THEN coalesce(c.flow_id, '') ELSE t.flow_id END AS flow_id,
    t.message_id, t.variation_id, t.attributed_event_id, t.touched_at
FROM order_attribution AS t
JOIN message_channels AS c
    ON c.message_id = t.message_id
    AND (
        (c.channel <> t.channel AND c.channel <> '')
        OR (t.source_type = 'campaign' AND t.campaign_id = '' AND coalesce(c.campaign_id, '') <> '')
        OR (t.source_type = 'flow' AND t.flow_id = '' AND coalesce(c.flow_id, '') <> '')
    )
WHERE t.klaviyo_public_id = :account
