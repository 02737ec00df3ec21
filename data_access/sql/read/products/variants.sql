-- purpose: variants of the catalog by the names that an order's line may call them by, each with its product
-- grain: one row a name that means one product and is not itself a product's
-- reads: klaviyo_catalog_items, klaviyo_catalog_variants
WITH named AS (
    SELECT v.external_id AS line_product, i.external_id AS of_product
    FROM klaviyo_catalog_variants AS v
    JOIN klaviyo_catalog_items AS i ON i.item_id = v.item_id
    UNION ALL
    SELECT v.sku, i.external_id
    FROM klaviyo_catalog_variants AS v
    JOIN klaviyo_catalog_items AS i ON i.item_id = v.item_id
)
SELECT line_product, min(of_product) AS of_product
FROM named
WHERE line_product <> '' AND of_product <> ''
    AND line_product NOT IN (SELECT external_id FROM klaviyo_catalog_items WHERE external_id IS NOT NULL)
GROUP BY line_product
HAVING min(of_product) = max(of_product)
ORDER BY line_product
