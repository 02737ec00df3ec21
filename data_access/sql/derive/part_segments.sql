-- purpose: the RFM segments that customers are in
-- grain: one row a segment
-- params: account String
SELECT DISTINCT rfm_segment
FROM customer_profiles
WHERE klaviyo_public_id = :account AND rfm_segment <> ''
ORDER BY rfm_segment
