-- purpose: people who looked at each product within a span of time, after merges
-- grain: one row a product that somebody looked at
-- params: account String, start DateTime64(6), end DateTime64(6)
SELECT
    coalesce(v.of_product, e.said) AS product_id,
    count(DISTINCT coalesce(m.target, e.profile_id)) AS viewers
FROM (
    -- A product is named as in the lines of an order, so that who looked at it and who bought it are of one product.
    SELECT
        profile_id,
        coalesce(
            nullif(trim(properties ->> 'ProductID'), ''), nullif(trim(properties ->> 'product_id'), ''),
            nullif(trim(properties ->> 'SKU'), ''), nullif(trim(properties ->> 'sku'), '')
        ) AS said
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND timestamp >= :start AND timestamp < :end
        AND metric_id IN (
            SELECT id FROM klaviyo_metrics
            WHERE klaviyo_public_id = :account AND lower(trim(name)) = 'viewed product'
        )
) AS e
LEFT JOIN merged_profiles AS m ON m.id = e.profile_id
LEFT JOIN variant_products AS v ON v.line_product = e.said
WHERE e.said IS NOT NULL
GROUP BY coalesce(v.of_product, e.said)
