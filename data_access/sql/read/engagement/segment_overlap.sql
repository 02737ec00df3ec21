-- purpose: members of one segment's newest snapshot by the RFM segment that they are in
-- grain: one row an RFM segment, '' for members without an order that counts
-- params: segment String
-- reads: segment_memberships, customer_profiles
SELECT
    coalesce(c.rfm_segment, '') AS rfm, count(DISTINCT m.profile_id) AS members,
    max(m.snapshot_date) AS snapshot
FROM segment_memberships AS m
LEFT JOIN customer_profiles AS c ON c.customer_id = m.profile_id
WHERE m.segment_id = :segment
    AND m.snapshot_date = (SELECT max(n.snapshot_date) FROM segment_memberships AS n WHERE n.segment_id = :segment)
GROUP BY rfm
ORDER BY rfm
