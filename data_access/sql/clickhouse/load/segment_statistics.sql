-- purpose: a window of segment sizes by day; a row that did not change is left alone
-- grain: one row of segment_statistics
-- params: account String, start Date32, end Date32, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE arriving ENGINE = Memory AS
SELECT
    r.segment_id AS segment_id, max(s.segment_name) AS segment_name, CAST(r.date AS Nullable(Date32)) AS date,
    CAST(max(r.total_members) AS Nullable(Int64)) AS total_members, CAST(max(r.members_added) AS Nullable(Int64)) AS new_members,
    CAST(max(r.members_removed) AS Nullable(Int64)) AS removed_members, CAST(max(r.net_members_changed) AS Nullable(Int64)) AS
    daily_change
FROM staged_segment_series_report AS r
LEFT JOIN staged_segment_names AS s ON s.segment_id = r.segment_id
WHERE CAST(r.date AS Nullable(Date32)) BETWEEN :start AND :end
GROUP BY r.segment_id, r.date
-- @next
CREATE OR REPLACE TEMPORARY TABLE stored ENGINE = Memory AS
SELECT
    segment_id, segment_name, date, total_members, new_members, removed_members, daily_change
FROM segment_statistics
WHERE klaviyo_public_id = :account AND date BETWEEN :start AND :end
-- @next
CREATE OR REPLACE TEMPORARY TABLE replaced ENGINE = Memory AS
SELECT * FROM stored
EXCEPT
SELECT
    segment_id, segment_name, date, total_members, new_members, removed_members, daily_change
FROM arriving
-- @next
CREATE OR REPLACE TEMPORARY TABLE fresh ENGINE = Memory AS
SELECT
    segment_id, segment_name, date, total_members, new_members, removed_members, daily_change
FROM arriving
EXCEPT
SELECT * FROM stored
-- @next
INSERT INTO segment_statistics (
    klaviyo_public_id, segment_id, segment_name, date, total_members, new_members, removed_members, daily_change,
    updated_at, is_deleted
)
SELECT
    :account, segment_id, segment_name, date, total_members, new_members, removed_members, daily_change,
    :row_version, 0
FROM fresh
UNION ALL
-- A row that is no more; one that is another now is replaced by its newer version.
SELECT
    :account, segment_id, segment_name, date, total_members, new_members, removed_members, daily_change,
    :row_version, 1
FROM replaced
WHERE (segment_id, date) NOT IN (
    SELECT segment_id, date FROM fresh
)
-- @next
INSERT INTO changed_days SELECT date FROM replaced UNION SELECT date FROM fresh
