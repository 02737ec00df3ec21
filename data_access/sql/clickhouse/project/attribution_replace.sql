-- purpose: puts changed winners in place, by order
-- grain: one row an order that has a winner
-- params: account String, row_version DateTime64(6)
INSERT INTO order_attribution (
    klaviyo_public_id, order_id, order_date, channel, source_type, campaign_id, flow_id, message_id, variation_id,
    attributed_event_id, touched_at, updated_at, is_deleted
)
SELECT
    :account, order_id, order_date, channel, source_type, campaign_id, flow_id, message_id, variation_id,
    attributed_event_id, touched_at, :row_version, 0
FROM changed_attribution
WHERE source_type IS NOT NULL
UNION ALL
-- An order that has no winner any more.
SELECT
    :account, order_id, order_date, channel, source_type, campaign_id, flow_id, message_id, variation_id,
    attributed_event_id, touched_at, :row_version, 1
FROM order_attribution
WHERE klaviyo_public_id = :account
    AND order_id IN (SELECT order_id FROM changed_attribution WHERE source_type IS NULL)
