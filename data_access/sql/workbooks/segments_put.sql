-- purpose: puts a file's rows in place of those of the same key, and takes its own out that are not in it any more
-- grain: one row a segment_id
-- params: file String
DELETE FROM segments
WHERE source_file = :file
    AND NOT EXISTS (SELECT 1 FROM kept_keys AS k WHERE segments.segment_id = k.segment_id)
-- @next
UPDATE segments SET
    name = a.name,
    share_of_customers = a.share_of_customers,
    share_of_revenue = a.share_of_revenue,
    avg_basket_value = a.avg_basket_value,
    fav_categories = a.fav_categories,
    discount_sensitivity = a.discount_sensitivity,
    purchase_frequency = a.purchase_frequency,
    last_purchase_days_ago = a.last_purchase_days_ago,
    source_file = :file,
    updated_at = now()
FROM arriving_rows AS a
WHERE segments.segment_id = a.segment_id AND (segments.name IS DISTINCT FROM a.name
    OR segments.share_of_customers IS DISTINCT FROM a.share_of_customers
    OR segments.share_of_revenue IS DISTINCT FROM a.share_of_revenue
    OR segments.avg_basket_value IS DISTINCT FROM a.avg_basket_value
    OR segments.fav_categories IS DISTINCT FROM a.fav_categories
    OR segments.discount_sensitivity IS DISTINCT FROM a.discount_sensitivity
    OR segments.purchase_frequency IS DISTINCT FROM a.purchase_frequency
    OR segments.last_purchase_days_ago IS DISTINCT FROM a.last_purchase_days_ago
    OR segments.source_file IS DISTINCT FROM :file)
-- @next
INSERT INTO segments (segment_id, name, share_of_customers, share_of_revenue, avg_basket_value, fav_categories, discount_sensitivity, purchase_frequency, last_purchase_days_ago, source_file)
SELECT a.segment_id, a.name, a.share_of_customers, a.share_of_revenue, a.avg_basket_value, a.fav_categories, a.discount_sensitivity, a.purchase_frequency, a.last_purchase_days_ago, :file
FROM arriving_rows AS a
WHERE NOT EXISTS (SELECT 1 FROM segments AS t WHERE t.segment_id = a.segment_id)
