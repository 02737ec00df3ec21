-- purpose: tags of the catalog's products
-- grain: one row a product with tags
-- params: account String
SELECT external_id AS product_id, tags
FROM klaviyo_catalog_items
WHERE klaviyo_public_id = :account AND external_id <> '' AND tags IS NOT NULL
ORDER BY item_id
