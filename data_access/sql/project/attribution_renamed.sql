-- purpose: orders whose winner's channel has become known, or is another one now
-- grain: one row an order
-- params: account String
SELECT
    t.order_id, t.order_date, c.channel, t.source_type, t.campaign_id, t.flow_id, t.message_id, t.variation_id,
    t.attributed_event_id, t.touched_at
FROM order_attribution AS t
JOIN message_channels AS c ON c.message_id = t.message_id AND c.channel <> t.channel AND c.channel <> ''
WHERE t.klaviyo_public_id = :account
