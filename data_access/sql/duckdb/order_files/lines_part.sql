-- purpose: the lines of one part's orders, as they go into the warehouse; one without an id is known by its place
-- grain: one row a line
-- params: part Int64
SELECT
    order_id,
    coalesce(line_item_id, order_id || ':' || row_number() OVER (PARTITION BY order_id ORDER BY line)) AS line_item_id,
    product_id,
    coalesce(variant_id, '') AS variant_id,
    product_name,
    coalesce(product_brand, '') AS product_brand,
    coalesce(sku, '') AS sku,
    coalesce(collections, []) AS collections,
    coalesce(product_type, collections[1], '') AS product_type,
    quantity,
    unit_price,
    line_total,
    CASE WHEN line_total < 0 THEN -1 ELSE 1 END
        * CAST(TRY_CAST((2 * CAST(abs(line_total) * 100 AS HUGEINT) * numerator + denominator) // (2 * denominator)
               AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2)) AS line_total_account,
    discount_amount,
    CASE WHEN quantity > 0 THEN
        CAST(CAST((2 * CAST(discount_amount * 100 AS HUGEINT) + quantity) // (2 * quantity) AS DECIMAL(18, 0)) * 0.01
             AS DECIMAL(18, 2))
    ELSE 0 END AS discount_per_item,
    order_date
FROM order_lines
WHERE part = :part
