-- purpose: the product lines of order events, in the order's own currency
-- grain: one row an entry of $extra.line_items or Items; `reason` says why an entry cannot become a line
-- params: account String, metrics Array(String), after Int64, upto Int64, revised_before Int64, touched_upto Int64
WITH wanted AS (
    SELECT id, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND list_contains(CAST(:metrics AS VARCHAR[]), metric_id)
        AND ingest_seq > :after AND ingest_seq <= :upto
    UNION ALL
    SELECT id, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND list_contains(CAST(:metrics AS VARCHAR[]), metric_id)
        AND ingest_seq <= :revised_before
        AND id IN (
            SELECT key FROM touched
            WHERE klaviyo_public_id = :account AND kind = 'order_event' AND seq <= :touched_upto
        )
),
entries AS (
    SELECT
        id AS event_id, properties,
        json_extract(properties, '$."$extra".line_items[*]') AS shop,
        json_extract(properties, '$.Items[*]') AS plain
    FROM wanted
),
listed AS (
    SELECT
        event_id, properties, CASE WHEN len(shop) > 0 THEN '$extra.line_items' ELSE 'Items' END AS place,
        -- A list of names beside no lines at all names no product: there is nothing to make a line of.
        CASE WHEN len(shop) > 0 THEN shop
             ELSE CASE WHEN list_bool_and(list_transform(plain, lambda e: json_type(e) = 'VARCHAR')) THEN [] ELSE plain END
        END AS items
    FROM entries
),
shared AS (
    SELECT
        event_id, place, items,
        json_extract_string(properties, ['$.OrderId', '$."$event_id"', '$."Total Discounts"', '$.DiscountValue']) AS o,
        coalesce(
            CASE json_type(properties, '$.Collections') WHEN 'ARRAY' THEN properties ->> '$.Collections[*]' END,
            CASE json_type(properties, '$.Categories') WHEN 'ARRAY' THEN properties ->> '$.Categories[*]' END,
            CAST([] AS VARCHAR[])
        ) AS order_collections
    FROM listed
    WHERE len(items) > 0
),
unnested AS (
    SELECT
        event_id, place, order_collections,
        coalesce(nullif(trim(o[1]), ''), nullif(trim(o[2]), '')) AS order_id,
        coalesce(TRY_CAST(trim(o[3]) AS DECIMAL(15, 2)), TRY_CAST(trim(o[4]) AS DECIMAL(15, 2)), 0) AS order_discount,
        unnest(items) AS item,
        generate_subscripts(items, 1) AS position
    FROM shared
),
parsed AS (
    SELECT
        event_id, place, order_collections, order_id, order_discount, position,
        json_extract_string(item, [
            '$.id', '$.LineItemID', '$.line_item_id',
            '$.ProductID', '$.product_id', '$.SKU', '$.sku',
            '$.VariantID', '$.variant_id', '$.ProductName', '$.title', '$.name',
            '$.Brand', '$.ProductBrand', '$.vendor', '$.product_type', '$.ProductType',
            '$.Quantity', '$.quantity', '$.ItemPrice', '$.price', '$.RowTotal', '$.line_price',
            '$.DiscountAmount', '$.total_discount', '$.Discount'
        ]) AS v,
        CASE WHEN json_type(item, '$.discount_allocations') = 'ARRAY'
             THEN list_sum(list_transform(item ->> '$.discount_allocations[*].amount', lambda a: TRY_CAST(trim(a) AS DECIMAL(15, 2))))
        END AS allocated,
        coalesce(
            CASE json_type(item, '$.Collections') WHEN 'ARRAY' THEN item ->> '$.Collections[*]' END,
            CASE json_type(item, '$.Categories') WHEN 'ARRAY' THEN item ->> '$.Categories[*]' END,
            CASE json_type(item, '$.ProductCategories') WHEN 'ARRAY' THEN item ->> '$.ProductCategories[*]' END
        ) AS own_collections
    FROM unnested
),
typed AS (
    SELECT
        event_id, place, order_id, order_discount, position, allocated,
        coalesce(nullif(v[1], ''), nullif(v[2], ''), nullif(v[3], '')) AS own_id,
        coalesce(nullif(trim(v[4]), ''), nullif(trim(v[5]), ''), nullif(trim(v[6]), ''), nullif(trim(v[7]), '')) AS product_id,
        coalesce(v[6], v[7], '') AS sku,
        coalesce(v[8], v[9], '') AS variant_id,
        coalesce(v[10], v[11], v[12]) AS product_name,
        coalesce(v[13], v[14], v[15], '') AS product_brand,
        -- An entry that is null names nothing.
        list_filter(
            coalesce(nullif(list_filter(own_collections, lambda c: c IS NOT NULL), []), order_collections),
            lambda c: c IS NOT NULL
        ) AS collections,
        coalesce(nullif(v[16], ''), nullif(v[17], '')) AS own_type,
        coalesce(v[18], v[19]) AS said_quantity,
        CASE WHEN coalesce(v[18], v[19]) IS NULL THEN 1
             ELSE TRY_CAST(TRY_CAST(trim(coalesce(v[18], v[19])) AS DOUBLE) AS BIGINT) END AS quantity,
        TRY_CAST(trim(coalesce(v[20], v[21])) AS DECIMAL(15, 2)) AS said_price,
        coalesce(v[20], v[21]) IS NULL AS no_price,
        TRY_CAST(trim(coalesce(v[22], v[23])) AS DECIMAL(15, 2)) AS row_total,
        greatest(coalesce(TRY_CAST(trim(v[24]) AS DECIMAL(15, 2)), 0), coalesce(TRY_CAST(trim(v[25]) AS DECIMAL(15, 2)), 0),
                 coalesce(TRY_CAST(trim(v[26]) AS DECIMAL(15, 2)), 0)) AS said_discount
    FROM parsed
),
priced AS (
    SELECT
        *,
        coalesce(said_price, CASE WHEN no_price AND quantity > 0 THEN TRY_CAST(row_total / quantity AS DECIMAL(15, 2)) END) AS unit_price
    FROM typed
),
valued AS (
    SELECT
        *,
        TRY_CAST(CAST(quantity AS DECIMAL(19, 0)) * CAST(unit_price AS DECIMAL(19, 2)) AS DECIMAL(15, 2)) AS gross,
        coalesce(TRY_CAST(allocated AS DECIMAL(15, 2)), nullif(said_discount, 0),
            CASE WHEN row_total < TRY_CAST(CAST(quantity AS DECIMAL(19, 0)) * CAST(unit_price AS DECIMAL(19, 2)) AS DECIMAL(15, 2))
                 THEN TRY_CAST(CAST(quantity AS DECIMAL(19, 0)) * CAST(unit_price AS DECIMAL(19, 2)) AS DECIMAL(15, 2)) - row_total END,
            0) AS own_discount
    FROM (SELECT * REPLACE (CASE WHEN abs(quantity) < 1000000000 THEN quantity END AS quantity) FROM priced)
),
judged AS (
    SELECT
        *,
        CASE
            WHEN product_id IS NULL THEN 'neither ProductID nor SKU is there'
            WHEN quantity IS NULL OR quantity < 0 THEN 'quantity is not a number from 0 on'
            WHEN unit_price IS NULL OR unit_price < 0 THEN 'price is missing, or not a number from 0 on'
            WHEN gross IS NULL THEN 'quantity × price is beyond what money can hold'
        END AS wrong
    FROM valued
),
spread AS (
    SELECT
        *,
        sum(CASE WHEN wrong IS NULL THEN own_discount ELSE 0 END) OVER order_lines AS own_total,
        sum(CASE WHEN wrong IS NULL THEN CAST(gross * 100 AS HUGEINT) ELSE 0 END) OVER order_lines AS order_cents,
        row_number() OVER (PARTITION BY event_id ORDER BY (wrong IS NULL) DESC, position DESC) = 1 AS is_last
    FROM judged
    WINDOW order_lines AS (PARTITION BY event_id)
),
shares AS (
    -- The order's discount pro rata by value, rounded down; the last line takes the rest.
    SELECT
        *,
        CASE WHEN order_cents > 0 AND wrong IS NULL AND order_discount > 0
             THEN CAST(order_discount * 100 AS HUGEINT) * CAST(gross * 100 AS HUGEINT) // order_cents ELSE 0 END AS share_cents
    FROM spread
),
discounted AS (
    SELECT
        *,
        CASE
            WHEN own_total > 0 OR order_cents <= 0 THEN own_discount
            WHEN is_last THEN CAST(
                (CASE WHEN order_discount > 0 THEN order_discount ELSE 0 END)
                - CAST(sum(share_cents) OVER (PARTITION BY event_id) - share_cents AS DECIMAL(18, 0)) * 0.01
                AS DECIMAL(18, 2))
            ELSE CAST(CAST(share_cents AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2))
        END AS discount_amount
    FROM shares
)
SELECT
    event_id,
    order_id,
    -- Of entries with one and the same id the later ones are known by their place: the id is part of the line's key.
    coalesce(
        CASE WHEN row_number() OVER (PARTITION BY event_id, own_id ORDER BY position) = 1 THEN own_id END,
        order_id || ':' || position
    ) AS line_item_id,
    product_id, variant_id, product_name, product_brand, sku, collections,
    coalesce(own_type, collections[1], '') AS product_type,
    quantity,
    unit_price,
    CAST(gross - discount_amount AS DECIMAL(18, 2)) AS line_total,
    discount_amount,
    CASE WHEN quantity > 0 THEN
        CAST(CAST((2 * CAST(discount_amount * 100 AS HUGEINT) + quantity) // (2 * quantity) AS DECIMAL(18, 0)) * 0.01
             AS DECIMAL(18, 2))
    ELSE 0 END AS discount_per_item,
    'event_properties.' || place || '[' || (position - 1) || ']: ' || wrong AS reason
FROM discounted
