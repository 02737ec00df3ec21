-- purpose: refund and cancellation events of a slice of the feed, and revised ones, in their own currency
-- grain: one row an event; `reason` says why an event cannot become a row. The lists of what is affected are parallel
-- params: account String, refunds Array(String), cancellations Array(String), after Int64, upto Int64
-- params: , revised_before Int64, touched_upto Int64
WITH wanted AS (
    SELECT id, profile_id, metric_id, timestamp, value, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account
        AND list_contains(list_concat(CAST(:refunds AS VARCHAR[]), CAST(:cancellations AS VARCHAR[])), metric_id)
        AND ingest_seq > :after AND ingest_seq <= :upto
    UNION ALL
    SELECT id, profile_id, metric_id, timestamp, value, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account
        AND list_contains(list_concat(CAST(:refunds AS VARCHAR[]), CAST(:cancellations AS VARCHAR[])), metric_id)
        AND ingest_seq <= :revised_before
        AND id IN (
            SELECT key FROM touched
            WHERE klaviyo_public_id = :account AND kind = 'order_event' AND seq <= :touched_upto
        )
),
entries AS (
    SELECT
        *,
        json_extract_string(properties, [
            '$.OrderId', '$."$event_id"', '$."$value"', '$."$value_currency"', '$.Reason', '$.reason',
            '$."Cancel Reason"', '$."$extra".cancel_reason'
        ]) AS p,
        json_extract(properties, '$."$extra".refund_line_items[*]') AS shop,
        list_filter(json_extract(properties, '$.Items[*]'), lambda e: json_type(e) = 'OBJECT') AS plain
    FROM wanted
),
named AS (
    SELECT * EXCLUDE (shop, plain), CASE WHEN len(shop) > 0 THEN shop ELSE plain END AS items FROM entries
),
typed AS (
    SELECT
        n.*,
        coalesce(nullif(trim(p[1]), ''), nullif(trim(p[2]), '')) AS order_id,
        coalesce(value, TRY_CAST(trim(p[3]) AS DECIMAL(18, 2))) AS amount,
        list_transform(items, lambda i: coalesce(i ->> '$.LineItemID', i ->> '$.line_item_id', i ->> '$.id', '')) AS line_ids,
        list_transform(items, lambda i: coalesce(
            i ->> '$.ProductID', i ->> '$.product_id', i ->> '$.line_item.product_id', i ->> '$.SKU', i ->> '$.sku', ''
        )) AS products,
        list_transform(items, lambda i: coalesce(i ->> '$.SKU', i ->> '$.sku', i ->> '$.line_item.sku', '')) AS skus,
        list_transform(items, lambda i: coalesce(
            TRY_CAST(TRY_CAST(trim(coalesce(i ->> '$.Quantity', i ->> '$.quantity')) AS DOUBLE) AS UINTEGER), 1
        )) AS quantities,
        list_transform(items, lambda i: coalesce(
            TRY_CAST(trim(coalesce(i ->> '$.RowTotal', i ->> '$.subtotal', i ->> '$.line_price')) AS DECIMAL(15, 2)),
            TRY_CAST(TRY_CAST(trim(coalesce(i ->> '$.Quantity', i ->> '$.quantity', '1')) AS DOUBLE)
                * TRY_CAST(trim(coalesce(i ->> '$.ItemPrice', i ->> '$.price')) AS DECIMAL(15, 2)) AS DECIMAL(15, 2))
        )) AS totals
    FROM named AS n
)
SELECT
    t.id AS event_id,
    t.timestamp AS event_timestamp,
    CASE WHEN list_contains(CAST(:refunds AS VARCHAR[]), t.metric_id) THEN 'refund' ELSE 'cancelled' END AS event_type,
    t.order_id AS original_order_id,
    coalesce(m.target, t.profile_id) AS customer_id,
    coalesce(nullif(lower(trim(p.email)), ''), m.target, t.profile_id) AS customer_email,
    t.amount AS refund_amount,
    CASE WHEN t.amount IS NOT NULL THEN 'event' ELSE '' END AS amount_source,
    coalesce(t.p[5], t.p[6], t.p[7], t.p[8], '') AS refund_reason,
    nullif(upper(trim(t.p[4])), '') AS said_currency,
    t.line_ids AS line_items_affected,
    t.products AS products_affected,
    t.quantities AS quantities_refunded,
    t.skus AS skus_affected,
    t.totals AS line_totals_affected,
    t.metric_id,
    k.name AS metric_name,
    t.profile_id,
    CAST(t.properties AS VARCHAR) AS event_properties,
    CAST(p.properties AS VARCHAR) AS profile_properties,
    CASE
        WHEN t.order_id IS NULL THEN 'event_properties.OrderId: neither OrderId nor $event_id is there'
        WHEN t.amount < 0 THEN 'event_properties.$value: a negative amount (' || t.amount || ')'
        WHEN t.amount >= 10000000000000 THEN 'event_properties.$value: beyond what money can hold'
    END AS reason
FROM typed AS t
LEFT JOIN klaviyo_metrics AS k ON k.klaviyo_public_id = :account AND k.id = t.metric_id
LEFT JOIN merged_profiles AS m ON m.id = t.profile_id
LEFT JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.id = coalesce(m.target, t.profile_id)
