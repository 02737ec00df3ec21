-- purpose: who is in a segment on a day; a snapshot of the same day replaces the one before
-- grain: one row of segment_memberships
-- params: account String, start Date32, end Date32, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE arriving ENGINE = Memory AS
SELECT segment_id, CAST(snapshot_date AS Date32) AS snapshot_date, profile_id, max(joined_at) AS joined_at
FROM staged_memberships_report
WHERE snapshot_date BETWEEN :start AND :end
GROUP BY segment_id, snapshot_date, profile_id
-- @next
CREATE OR REPLACE TEMPORARY TABLE gone ENGINE = Memory AS
SELECT segment_id, snapshot_date, profile_id, joined_at
FROM segment_memberships
WHERE klaviyo_public_id = :account AND snapshot_date BETWEEN :start AND :end
    AND segment_id IN (SELECT segment_id FROM arriving)
    AND (segment_id, profile_id) NOT IN (SELECT segment_id, profile_id FROM arriving)
-- @next
INSERT INTO segment_memberships
    (klaviyo_public_id, segment_id, snapshot_date, profile_id, joined_at, updated_at, is_deleted)
SELECT :account, segment_id, snapshot_date, profile_id, joined_at, :row_version, 0 FROM arriving
UNION ALL
SELECT :account, segment_id, snapshot_date, profile_id, joined_at, :row_version, 1 FROM gone
-- @next
INSERT INTO changed_days SELECT DISTINCT snapshot_date FROM arriving
