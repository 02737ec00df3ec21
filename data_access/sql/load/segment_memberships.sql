-- purpose: who is in a segment on a day; a snapshot of the same day replaces the one before
-- grain: one row of segment_memberships
-- params: account String, start Date32, end Date32, updated_at DateTime64(6)
DELETE FROM segment_memberships
WHERE klaviyo_public_id = :account AND snapshot_date BETWEEN :start AND :end
    AND segment_id IN (SELECT segment_id FROM staged_memberships_report)
-- @next
INSERT INTO segment_memberships (klaviyo_public_id, segment_id, snapshot_date, profile_id, joined_at, updated_at)
SELECT :account, segment_id, snapshot_date, profile_id, max(joined_at), :updated_at
FROM staged_memberships_report
WHERE snapshot_date BETWEEN :start AND :end
GROUP BY segment_id, snapshot_date, profile_id
-- @next
INSERT INTO changed_days SELECT DISTINCT snapshot_date FROM staged_memberships_report
