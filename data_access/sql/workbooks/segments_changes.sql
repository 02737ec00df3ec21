-- purpose: what a file's rows will change: new ones, ones with other values, and the file's own that are not in it any more
-- grain: one row
-- params: file String
SELECT
    (SELECT count(*) FROM arriving_rows AS a WHERE NOT EXISTS (SELECT 1 FROM segments AS t WHERE t.segment_id = a.segment_id)) AS fresh,
    (SELECT count(*) FROM arriving_rows AS a JOIN segments AS t ON t.segment_id = a.segment_id
     WHERE t.name IS DISTINCT FROM a.name
        OR t.share_of_customers IS DISTINCT FROM a.share_of_customers
        OR t.share_of_revenue IS DISTINCT FROM a.share_of_revenue
        OR t.avg_basket_value IS DISTINCT FROM a.avg_basket_value
        OR t.fav_categories IS DISTINCT FROM a.fav_categories
        OR t.discount_sensitivity IS DISTINCT FROM a.discount_sensitivity
        OR t.purchase_frequency IS DISTINCT FROM a.purchase_frequency
        OR t.last_purchase_days_ago IS DISTINCT FROM a.last_purchase_days_ago) AS changed,
    (SELECT count(*) FROM arriving_rows AS a JOIN segments AS t ON t.segment_id = a.segment_id
     WHERE t.source_file IS DISTINCT FROM :file) AS taken,
    (SELECT count(*) FROM segments AS t WHERE t.source_file = :file
     AND NOT EXISTS (SELECT 1 FROM kept_keys AS k WHERE t.segment_id = k.segment_id)) AS gone
