-- purpose: puts changed winners in place, by order
-- grain: one row an order that has a winner
-- params: account String
DELETE FROM order_attribution
WHERE klaviyo_public_id = :account AND order_id IN (SELECT order_id FROM changed_attribution)
-- @next
INSERT INTO order_attribution (
    klaviyo_public_id, order_id, order_date, channel, source_type, campaign_id, flow_id, message_id, variation_id,
    attributed_event_id, touched_at, updated_at
)
SELECT
    :account, order_id, order_date, channel, source_type, campaign_id, flow_id, message_id, variation_id,
    attributed_event_id, touched_at, now()
FROM changed_attribution
WHERE source_type IS NOT NULL
