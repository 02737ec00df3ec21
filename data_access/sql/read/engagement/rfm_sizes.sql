-- purpose: customers by RFM segment
-- grain: one row an RFM segment
-- reads: customer_profiles
SELECT coalesce(rfm_segment, '') AS rfm, count(*) AS customers
FROM customer_profiles
GROUP BY rfm
