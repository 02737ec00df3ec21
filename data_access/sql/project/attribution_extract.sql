-- purpose: the winning touch of order events: new and revised ones, and those whose touch has only now been loaded
-- grain: one row an order event; without a message touch its campaign, flow and message are NULL
-- params: account String, metrics Array(String), after Int64, upto Int64, revised_before Int64, touched_upto Int64
WITH wanted AS (
    SELECT id FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND metric_id = ANY (CAST(:metrics AS VARCHAR[]))
        AND ingest_seq > :after AND ingest_seq <= :upto
    UNION
    SELECT key FROM touched
    WHERE klaviyo_public_id = :account AND kind = 'order_event' AND seq <= :touched_upto AND :revised_before >= 0
    UNION
    SELECT a.event_id FROM klaviyo_attributions AS a
    WHERE a.klaviyo_public_id = :account AND a.attributed_event_id IN (
        SELECT id FROM klaviyo_events
        WHERE klaviyo_public_id = :account AND ingest_seq > :after AND ingest_seq <= :upto
    )
),
touches AS (
    SELECT
        w.id AS event_id,
        a.attributed_event_id,
        CASE WHEN coalesce(a.campaign_id, a.campaign_message_id) IS NOT NULL THEN 'campaign' ELSE 'flow' END AS source_type,
        coalesce(a.campaign_id, CASE WHEN a.campaign_message_id IS NOT NULL THEN c.campaign_id END) AS campaign_id,
        coalesce(a.flow_id, CASE WHEN coalesce(a.campaign_id, a.campaign_message_id) IS NULL THEN c.flow_id END) AS flow_id,
        coalesce(a.campaign_message_id, a.flow_message_id, '') AS message_id,
        coalesce(a.flow_message_variation_id, '') AS variation_id,
        c.channel AS message_channel,
        a.campaign_id AS said_campaign,
        a.flow_id AS said_flow,
        a.id AS attribution_id
    FROM wanted AS w
    JOIN klaviyo_attributions AS a ON a.klaviyo_public_id = :account AND a.event_id = w.id
    LEFT JOIN message_channels AS c ON c.message_id = coalesce(a.campaign_message_id, a.flow_message_id)
    WHERE coalesce(a.campaign_id, a.campaign_message_id, a.flow_id, a.flow_message_id) IS NOT NULL
),
attributed AS (
    SELECT e.id, e.timestamp, e.metric_id
    FROM klaviyo_events AS e
    WHERE e.klaviyo_public_id = :account AND e.id IN (SELECT attributed_event_id FROM touches)
),
ranked AS (
    SELECT
        t.*, e.timestamp AS touched_at, r.channel AS metric_channel,
        row_number() OVER (
            PARTITION BY t.event_id
            -- By what the attribution itself says: a message that becomes known later does not change who won.
            ORDER BY e.timestamp DESC NULLS LAST, t.message_id, t.said_campaign, t.said_flow, t.attribution_id
        ) AS place
    FROM touches AS t
    LEFT JOIN attributed AS e ON e.id = t.attributed_event_id
    LEFT JOIN metric_roles AS r ON r.metric_id = e.metric_id
)
SELECT
    w.id AS event_id,
    coalesce(nullif(t.message_channel, ''), nullif(t.metric_channel, ''), 'none') AS channel,
    t.source_type,
    coalesce(t.campaign_id, '') AS campaign_id,
    coalesce(t.flow_id, '') AS flow_id,
    coalesce(t.message_id, '') AS message_id,
    coalesce(t.variation_id, '') AS variation_id,
    t.attributed_event_id,
    t.touched_at
FROM wanted AS w
LEFT JOIN ranked AS t ON t.event_id = w.id AND t.place = 1
