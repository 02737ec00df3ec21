-- purpose: catalog items as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_catalog_items
-- params: account String
INSERT INTO klaviyo_catalog_items
    (klaviyo_public_id, item_id, external_id, title, description, url, image_url, price, published, categories, tags,
    custom_metadata, created_at, updated_at)
SELECT
    :account, s.item_id, s.external_id, s.title, s.description, s.url, s.image_url, s.price, s.published,
    s.categories, s.tags, CAST(s.custom_metadata AS JSON), s.created_at, s.updated_at
FROM staged_catalog_items AS s
LEFT JOIN klaviyo_catalog_items AS p ON p.klaviyo_public_id = :account AND p.item_id = s.item_id
WHERE p.item_id IS NULL
    OR p.external_id IS DISTINCT FROM s.external_id
    OR p.title IS DISTINCT FROM s.title
    OR p.description IS DISTINCT FROM s.description
    OR p.url IS DISTINCT FROM s.url
    OR p.image_url IS DISTINCT FROM s.image_url
    OR p.price IS DISTINCT FROM s.price
    OR p.published IS DISTINCT FROM s.published
    OR p.categories IS DISTINCT FROM s.categories
    OR p.tags IS DISTINCT FROM s.tags
    OR json_extract(p.custom_metadata, '$') IS DISTINCT FROM json_extract(s.custom_metadata, '$')
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
ON CONFLICT (klaviyo_public_id, item_id) DO UPDATE SET
    external_id = excluded.external_id,
    title = excluded.title,
    description = excluded.description,
    url = excluded.url,
    image_url = excluded.image_url,
    price = excluded.price,
    published = excluded.published,
    categories = excluded.categories,
    tags = excluded.tags,
    custom_metadata = excluded.custom_metadata,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at
