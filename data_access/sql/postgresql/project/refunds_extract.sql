-- purpose: refund and cancellation events of a slice of the feed, and revised ones, in their own currency
-- grain: one row an event; `reason` says why an event cannot become a row. The lists of what is affected are parallel
-- params: account String, refunds Array(String), cancellations Array(String), after Int64, upto Int64
-- params: , revised_before Int64, touched_upto Int64
WITH wanted AS (
    SELECT id, profile_id, metric_id, timestamp, value, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account
        AND metric_id = ANY (CAST(:refunds AS VARCHAR[]) || CAST(:cancellations AS VARCHAR[]))
        AND ingest_seq > :after AND ingest_seq <= :upto
    UNION ALL
    SELECT id, profile_id, metric_id, timestamp, value, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account
        AND metric_id = ANY (CAST(:refunds AS VARCHAR[]) || CAST(:cancellations AS VARCHAR[]))
        AND ingest_seq <= :revised_before
        AND id IN (
            SELECT key FROM touched
            WHERE klaviyo_public_id = :account AND kind = 'order_event' AND seq <= :touched_upto
        )
),
entries AS (
    SELECT
        *,
        CASE WHEN jsonb_typeof(properties #> '{$extra,refund_line_items}') = 'array'
                AND properties #> '{$extra,refund_line_items}' <> '[]' THEN properties #> '{$extra,refund_line_items}'
             WHEN jsonb_typeof(properties -> 'Items') = 'array' THEN jsonb_path_query_array(
                 properties, '$.Items[*] ? (@.type() == "object")')
             ELSE '[]' END AS items
    FROM wanted
),
typed AS (
    SELECT
        n.*,
        coalesce(
            nullif(trim_text(json_text(properties -> 'OrderId')), ''), nullif(trim_text(json_text(properties -> '$event_id')), '')
        ) AS order_id,
        coalesce(value, try_decimal(json_text(properties -> '$value'), 18, 2)) AS amount,
        ARRAY(
            SELECT coalesce(json_text(i -> 'LineItemID'), json_text(i -> 'line_item_id'), json_text(i -> 'id'), '')
            FROM jsonb_array_elements(items) WITH ORDINALITY AS e (i, place) ORDER BY place
        ) AS line_ids,
        ARRAY(
            SELECT coalesce(
                json_text(i -> 'ProductID'), json_text(i -> 'product_id'), json_text(i #> '{line_item,product_id}'),
                json_text(i -> 'SKU'), json_text(i -> 'sku'), ''
            )
            FROM jsonb_array_elements(items) WITH ORDINALITY AS e (i, place) ORDER BY place
        ) AS products,
        ARRAY(
            SELECT coalesce(json_text(i -> 'SKU'), json_text(i -> 'sku'), json_text(i #> '{line_item,sku}'), '')
            FROM jsonb_array_elements(items) WITH ORDINALITY AS e (i, place) ORDER BY place
        ) AS skus,
        ARRAY(
            SELECT CASE WHEN quantity BETWEEN 0 AND 4294967295 THEN quantity ELSE 1 END
            FROM (
                SELECT try_bigint(coalesce(json_text(i -> 'Quantity'), json_text(i -> 'quantity'))) AS quantity, place
                FROM jsonb_array_elements(items) WITH ORDINALITY AS e (i, place)
            ) AS q ORDER BY place
        ) AS quantities,
        ARRAY(
            SELECT CAST(coalesce(
                try_decimal(
                    coalesce(json_text(i -> 'RowTotal'), json_text(i -> 'subtotal'), json_text(i -> 'line_price')), 15, 2
                ),
                money_of(
                    try_decimal(coalesce(json_text(i -> 'Quantity'), json_text(i -> 'quantity'), '1'), 40, 20)::float8
                    * try_decimal(coalesce(json_text(i -> 'ItemPrice'), json_text(i -> 'price')), 15, 2)::float8
                )
            ) AS NUMERIC(15, 2))
            FROM jsonb_array_elements(items) WITH ORDINALITY AS e (i, place) ORDER BY place
        ) AS totals
    FROM entries AS n
)
SELECT
    t.id AS event_id,
    t.timestamp AS event_timestamp,
    CASE WHEN t.metric_id = ANY (CAST(:refunds AS VARCHAR[])) THEN 'refund' ELSE 'cancelled' END AS event_type,
    t.order_id AS original_order_id,
    coalesce(m.target, t.profile_id) AS customer_id,
    coalesce(nullif(lower_text(trim_text(p.email)), ''), m.target, t.profile_id) AS customer_email,
    CAST(t.amount AS NUMERIC(18, 2)) AS refund_amount,
    CASE WHEN t.amount IS NOT NULL THEN 'event' ELSE '' END AS amount_source,
    coalesce(
        json_text(t.properties -> 'Reason'), json_text(t.properties -> 'reason'),
        json_text(t.properties -> 'Cancel Reason'), json_text(t.properties #> '{$extra,cancel_reason}'), ''
    ) AS refund_reason,
    nullif(upper(trim_text(json_text(t.properties -> '$value_currency'))), '') AS said_currency,
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
