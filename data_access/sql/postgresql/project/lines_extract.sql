-- purpose: the product lines of order events, in the order's own currency
-- grain: one row an entry of $extra.line_items or Items; `reason` says why an entry cannot become a line
-- params: account String, metrics Array(String), after Int64, upto Int64, revised_before Int64, touched_upto Int64
WITH wanted AS (
    SELECT id, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND metric_id = ANY (CAST(:metrics AS VARCHAR[]))
        AND ingest_seq > :after AND ingest_seq <= :upto
    UNION ALL
    SELECT id, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND metric_id = ANY (CAST(:metrics AS VARCHAR[]))
        AND ingest_seq <= :revised_before
        AND id IN (
            SELECT key FROM touched
            WHERE klaviyo_public_id = :account AND kind = 'order_event' AND seq <= :touched_upto
        )
),
listed AS (
    SELECT
        id AS event_id, properties,
        CASE WHEN has_shop THEN '$extra.line_items' ELSE 'Items' END AS place,
        CASE WHEN has_shop THEN properties #> '{$extra,line_items}' ELSE properties -> 'Items' END AS items
    FROM (
        SELECT
            *,
            CASE WHEN jsonb_typeof(properties #> '{$extra,line_items}') = 'array'
                 THEN jsonb_array_length(properties #> '{$extra,line_items}') > 0 ELSE false END AS has_shop
        FROM wanted
    ) AS w
),
shared AS (
    SELECT
        event_id, place, items,
        coalesce(
            nullif(trim_text(json_text(properties -> 'OrderId')), ''), nullif(trim_text(json_text(properties -> '$event_id')), '')
        ) AS order_id,
        coalesce(
            try_decimal(json_text(properties -> 'Total Discounts'), 15, 2),
            try_decimal(json_text(properties -> 'DiscountValue'), 15, 2),
            0
        ) AS order_discount,
        coalesce(
            json_texts(properties -> 'Collections'), json_texts(properties -> 'Categories'), CAST(ARRAY[] AS TEXT[])
        ) AS order_collections
    FROM listed
    -- A list of names beside no lines at all names no product: there is nothing to make a line of.
    WHERE jsonb_typeof(items) = 'array' AND (place <> 'Items' OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(CASE jsonb_typeof(items) WHEN 'array' THEN items ELSE '[]' END) AS e (entry)
        WHERE jsonb_typeof(entry) <> 'string'
    ))
),
unnested AS (
    SELECT s.event_id, s.place, s.order_collections, s.order_id, s.order_discount, e.item, e.position
    FROM shared AS s
    CROSS JOIN LATERAL jsonb_array_elements(s.items) WITH ORDINALITY AS e (item, position)
),
typed AS (
    SELECT
        event_id, place, order_id, order_discount, position,
        CASE WHEN jsonb_typeof(item -> 'discount_allocations') = 'array' THEN (
            SELECT sum(try_decimal(json_text(a -> 'amount'), 15, 2))
            FROM jsonb_array_elements(item -> 'discount_allocations') AS allocations (a)
        ) END AS allocated,
        coalesce(
            nullif(json_text(item -> 'id'), ''), nullif(json_text(item -> 'LineItemID'), ''),
            nullif(json_text(item -> 'line_item_id'), '')
        ) AS own_id,
        coalesce(
            nullif(trim_text(json_text(item -> 'ProductID')), ''), nullif(trim_text(json_text(item -> 'product_id')), ''),
            nullif(trim_text(json_text(item -> 'SKU')), ''), nullif(trim_text(json_text(item -> 'sku')), '')
        ) AS product_id,
        coalesce(json_text(item -> 'SKU'), json_text(item -> 'sku'), '') AS sku,
        coalesce(json_text(item -> 'VariantID'), json_text(item -> 'variant_id'), '') AS variant_id,
        coalesce(json_text(item -> 'ProductName'), json_text(item -> 'title'), json_text(item -> 'name')) AS product_name,
        coalesce(
            json_text(item -> 'Brand'), json_text(item -> 'ProductBrand'), json_text(item -> 'vendor'), ''
        ) AS product_brand,
        -- An entry that is null names nothing.
        array_remove(coalesce(
            nullif(array_remove(coalesce(
                json_texts(item -> 'Collections'), json_texts(item -> 'Categories'),
                json_texts(item -> 'ProductCategories')
            ), NULL), CAST(ARRAY[] AS TEXT[])),
            order_collections
        ), NULL) AS collections,
        coalesce(nullif(json_text(item -> 'product_type'), ''), nullif(json_text(item -> 'ProductType'), '')) AS own_type,
        CASE WHEN coalesce(json_text(item -> 'Quantity'), json_text(item -> 'quantity')) IS NULL THEN 1
             ELSE try_bigint(coalesce(json_text(item -> 'Quantity'), json_text(item -> 'quantity'))) END AS said_quantity,
        try_decimal(coalesce(json_text(item -> 'ItemPrice'), json_text(item -> 'price')), 15, 2) AS said_price,
        coalesce(json_text(item -> 'ItemPrice'), json_text(item -> 'price')) IS NULL AS no_price,
        try_decimal(coalesce(json_text(item -> 'RowTotal'), json_text(item -> 'line_price')), 15, 2) AS row_total,
        greatest(
            coalesce(try_decimal(json_text(item -> 'DiscountAmount'), 15, 2), 0),
            coalesce(try_decimal(json_text(item -> 'total_discount'), 15, 2), 0),
            coalesce(try_decimal(json_text(item -> 'Discount'), 15, 2), 0)
        ) AS said_discount
    FROM unnested
),
priced AS (
    SELECT
        *,
        CASE WHEN abs(said_quantity) < 1000000000 THEN said_quantity END AS quantity,
        coalesce(
            said_price,
            CASE WHEN no_price AND said_quantity > 0 THEN money_of(row_total::float8 / said_quantity) END
        ) AS unit_price
    FROM typed
),
valued AS (
    SELECT
        *,
        coalesce(
            allocated, nullif(said_discount, 0), CASE WHEN row_total < gross THEN gross - row_total END, 0
        ) AS own_discount
    FROM (
        SELECT
            *, CASE WHEN abs(quantity * unit_price) < 10000000000000 THEN quantity * unit_price END AS gross
        FROM priced
    ) AS p
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
        sum(CASE WHEN wrong IS NULL THEN gross * 100 ELSE 0 END) OVER order_lines AS order_cents,
        row_number() OVER (PARTITION BY event_id ORDER BY (wrong IS NULL) DESC, position DESC) = 1 AS is_last
    FROM judged
    WINDOW order_lines AS (PARTITION BY event_id)
),
shares AS (
    -- The order's discount pro rata by value, rounded down; the last line takes the rest.
    SELECT
        *,
        CASE WHEN order_cents > 0 AND wrong IS NULL AND order_discount > 0
             THEN div(order_discount * 100 * gross * 100, order_cents) ELSE 0 END AS share_cents
    FROM spread
),
discounted AS (
    SELECT
        *,
        CASE
            WHEN own_total > 0 OR order_cents <= 0 THEN own_discount
            WHEN is_last THEN CAST(
                (CASE WHEN order_discount > 0 THEN order_discount ELSE 0 END)
                - CAST(sum(share_cents) OVER (PARTITION BY event_id) - share_cents AS NUMERIC(18, 0)) * 0.01
                AS NUMERIC(18, 2))
            ELSE CAST(CAST(share_cents AS NUMERIC(18, 0)) * 0.01 AS NUMERIC(18, 2))
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
    CAST(unit_price AS NUMERIC(15, 2)) AS unit_price,
    CAST(gross - discount_amount AS NUMERIC(18, 2)) AS line_total,
    CAST(discount_amount AS NUMERIC(18, 2)) AS discount_amount,
    CAST(
        CASE WHEN quantity > 0 THEN div(2 * discount_amount * 100 + quantity, 2 * quantity) * 0.01 ELSE 0 END
        AS NUMERIC(18, 2)
    ) AS discount_per_item,
    'event_properties.' || place || '[' || (position - 1) || ']: ' || wrong AS reason
FROM discounted
