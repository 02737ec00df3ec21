-- purpose: customer segments, the largest share of revenue first
-- grain: one row a segment
-- reads: segments
SELECT segment_id, name, share_of_customers, share_of_revenue, avg_basket_value, discount_sensitivity
FROM segments
ORDER BY share_of_revenue DESC, segment_id
