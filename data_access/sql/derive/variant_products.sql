-- purpose: variants of the catalog by the names that an order's line may call them by, each with its product
-- grain: one row a name that means one product and is not itself a product's
-- params: account String
WITH named AS (
    SELECT v.external_id AS line_product, i.external_id AS of_product
    FROM klaviyo_catalog_variants AS v
    JOIN klaviyo_catalog_items AS i ON i.klaviyo_public_id = v.klaviyo_public_id AND i.item_id = v.item_id
    WHERE v.klaviyo_public_id = :account
    UNION ALL
    SELECT v.sku, i.external_id
    FROM klaviyo_catalog_variants AS v
    JOIN klaviyo_catalog_items AS i ON i.klaviyo_public_id = v.klaviyo_public_id AND i.item_id = v.item_id
    WHERE v.klaviyo_public_id = :account
)
SELECT line_product, min(of_product) AS of_product
FROM named
WHERE line_product <> '' AND of_product <> ''
    AND line_product NOT IN (
        SELECT external_id FROM klaviyo_catalog_items WHERE klaviyo_public_id = :account AND external_id IS NOT NULL
    )
GROUP BY line_product
HAVING min(of_product) = max(of_product)
ORDER BY line_product
