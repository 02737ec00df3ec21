-- purpose: a window of segment sizes by day; a row that did not change is left alone
-- grain: one row of segment_statistics
-- params: account String, start Date32, end Date32, updated_at DateTime64(6)
CREATE OR REPLACE TEMP TABLE arriving AS
SELECT
    r.segment_id, max(s.segment_name) AS segment_name, CAST(r.date AS DATE) AS date,
    CAST(max(r.total_members) AS BIGINT) AS total_members, CAST(max(r.members_added) AS BIGINT) AS new_members,
    CAST(max(r.members_removed) AS BIGINT) AS removed_members, CAST(max(r.net_members_changed) AS BIGINT) AS
    daily_change
FROM staged_segment_series_report AS r
LEFT JOIN staged_segment_names AS s ON s.segment_id = r.segment_id
WHERE CAST(r.date AS DATE) BETWEEN :start AND :end
GROUP BY r.segment_id, r.date
-- @next
CREATE OR REPLACE TEMP TABLE replaced AS
SELECT * FROM (
    SELECT segment_id, segment_name, date, total_members, new_members, removed_members, daily_change
    FROM segment_statistics
    WHERE klaviyo_public_id = :account AND date BETWEEN :start AND :end
) AS stored
EXCEPT
SELECT segment_id, segment_name, date, total_members, new_members, removed_members, daily_change FROM arriving
-- @next
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT segment_id, segment_name, date, total_members, new_members, removed_members, daily_change FROM arriving
EXCEPT
SELECT * FROM (
    SELECT segment_id, segment_name, date, total_members, new_members, removed_members, daily_change
    FROM segment_statistics
    WHERE klaviyo_public_id = :account AND date BETWEEN :start AND :end
) AS stored
-- @next
DELETE FROM segment_statistics
USING replaced AS g
WHERE segment_statistics.klaviyo_public_id = :account AND g.segment_id = segment_statistics.segment_id AND g.date = segment_statistics.date
-- @next
INSERT INTO segment_statistics
    (klaviyo_public_id, segment_id, segment_name, date, total_members, new_members, removed_members, daily_change,
    updated_at)
SELECT :account, segment_id, segment_name, date, total_members, new_members, removed_members, daily_change, :updated_at
FROM fresh
-- @next
INSERT INTO changed_days SELECT date FROM replaced UNION SELECT date FROM fresh
