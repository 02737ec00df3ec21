-- purpose: catalog variants as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_catalog_variants
-- params: account String
INSERT INTO klaviyo_catalog_variants
    (klaviyo_public_id, variant_id, item_id, external_id, title, sku, price, inventory_quantity, published, created_at,
    updated_at, metadata)
SELECT
    :account, s.variant_id, s.item_id, s.external_id, s.title, s.sku, s.price, s.inventory_quantity, s.published,
    s.created_at, s.updated_at, CAST(s.metadata AS JSON)
FROM staged_catalog_variants AS s
LEFT JOIN klaviyo_catalog_variants AS p ON p.klaviyo_public_id = :account AND p.variant_id = s.variant_id
WHERE p.variant_id IS NULL
    OR p.item_id IS DISTINCT FROM s.item_id
    OR p.external_id IS DISTINCT FROM s.external_id
    OR p.title IS DISTINCT FROM s.title
    OR p.sku IS DISTINCT FROM s.sku
    OR p.price IS DISTINCT FROM s.price
    OR p.inventory_quantity IS DISTINCT FROM s.inventory_quantity
    OR p.published IS DISTINCT FROM s.published
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR json_extract(p.metadata, '$') IS DISTINCT FROM json_extract(s.metadata, '$')
ON CONFLICT (klaviyo_public_id, variant_id) DO UPDATE SET
    item_id = excluded.item_id,
    external_id = excluded.external_id,
    title = excluded.title,
    sku = excluded.sku,
    price = excluded.price,
    inventory_quantity = excluded.inventory_quantity,
    published = excluded.published,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    metadata = excluded.metadata
