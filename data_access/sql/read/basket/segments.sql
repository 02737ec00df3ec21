-- purpose: the segments that customers are in
-- grain: one row a segment
-- reads: customer_profiles
SELECT DISTINCT rfm_segment FROM customer_profiles WHERE rfm_segment <> '' ORDER BY rfm_segment
