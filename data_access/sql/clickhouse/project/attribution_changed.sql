-- purpose: orders whose winner is another one than is stored
-- grain: one row an order; source_type NULL where it has no winner any more
-- params: account String
WITH orders AS (
    SELECT order_id, event_id, order_date FROM accepted_orders
    UNION ALL
    SELECT order_id, event_id, order_date
    FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_id NOT IN (SELECT order_id FROM accepted_orders)
),
told AS (
    SELECT
        o.order_id AS order_id, o.order_date AS order_date, i.channel AS channel, i.source_type AS source_type,
        i.campaign_id AS campaign_id, i.flow_id AS flow_id, i.message_id AS message_id,
        i.variation_id AS variation_id, i.attributed_event_id AS attributed_event_id, i.touched_at AS touched_at
    FROM incoming_attribution AS i
    JOIN orders AS o ON o.event_id = i.event_id
),
stored AS (
    SELECT
        order_id, order_date, channel, source_type, campaign_id, flow_id, message_id, variation_id,
        attributed_event_id, touched_at
    FROM order_attribution
    WHERE klaviyo_public_id = :account
)
SELECT i.*
FROM told AS i
LEFT JOIN stored AS t ON t.order_id = i.order_id
WHERE (i.source_type IS NULL) <> (t.order_id IS NULL)
    OR (i.source_type IS NOT NULL AND (
        i.channel <> t.channel OR i.source_type <> t.source_type OR i.campaign_id <> t.campaign_id
        OR i.flow_id <> t.flow_id OR i.message_id <> t.message_id OR i.variation_id <> t.variation_id
        OR i.order_date <> t.order_date
        OR ifNull(
            i.attributed_event_id <> t.attributed_event_id,
            (i.attributed_event_id IS NULL) <> (t.attributed_event_id IS NULL)
        )
        OR ifNull(i.touched_at <> t.touched_at, (i.touched_at IS NULL) <> (t.touched_at IS NULL))
    ))
