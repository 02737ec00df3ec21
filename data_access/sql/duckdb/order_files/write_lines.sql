-- purpose: writes the lines of one part's orders as they go into the warehouse
-- grain: one row a line
-- params: part Int64, file String
COPY (
    SELECT
        l.order_id,
        coalesce(l.line_item_id, l.order_id || ':' || coalesce(c.position, l.line - o.first_line + 1)) AS line_item_id,
        l.product_id,
        coalesce(l.variant_id, '') AS variant_id,
        l.product_name,
        coalesce(l.product_brand, '') AS product_brand,
        coalesce(l.sku, '') AS sku,
        coalesce(l.collections, []) AS collections,
        coalesce(l.product_type, l.collections[1], '') AS product_type,
        l.quantity,
        l.unit_price,
        l.line_total,
        CASE WHEN l.line_total < 0 THEN -1 ELSE 1 END
            * CAST(TRY_CAST((2 * CAST(abs(l.line_total) * 100 AS HUGEINT) * o.numerator + o.denominator) // (2 * o.denominator)
                   AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2)) AS line_total_account,
        l.discount_amount,
        CASE WHEN l.quantity > 0 THEN
            CAST(CAST((2 * CAST(l.discount_amount * 100 AS HUGEINT) + l.quantity) // (2 * l.quantity) AS DECIMAL(18, 0))
                 * 0.01 AS DECIMAL(18, 2))
        ELSE 0 END AS discount_per_item,
        o.order_date
    FROM read_lines AS l
    JOIN klaviyo_orders AS o ON o.order_id = l.order_id AND o.part = :part
    LEFT JOIN scattered AS c ON c.line = l.line
    WHERE l.line NOT IN (SELECT line FROM repeated_lines WHERE is_same)
        AND l.line BETWEEN (SELECT min(first_line) FROM klaviyo_orders WHERE part = :part)
            AND (SELECT max(last_line) FROM klaviyo_orders WHERE part = :part)
) TO :file (FORMAT parquet)
