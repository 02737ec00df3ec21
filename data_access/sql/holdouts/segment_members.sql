-- purpose: members of a segment in the last snapshot up to a day, of the first one after it where there is none before
-- grain: one row a member
-- params: account String, segment String, day Date32
SELECT m.profile_id AS profile_id, m.snapshot_date AS snapshot_date
FROM segment_memberships AS m
WHERE m.klaviyo_public_id = :account AND m.segment_id = :segment
    AND m.snapshot_date = (
        SELECT coalesce(
            max(CASE WHEN n.snapshot_date <= :day THEN n.snapshot_date END),
            min(CASE WHEN n.snapshot_date > :day THEN n.snapshot_date END)
        )
        FROM segment_memberships AS n
        WHERE n.klaviyo_public_id = :account AND n.segment_id = :segment
    )
