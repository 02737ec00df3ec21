-- purpose: a window of form statistics by version and day; a row that did not change is left alone
-- grain: one row of form_version_statistics
-- params: account String, start Date32, end Date32, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE arriving ENGINE = Memory AS
SELECT
    r.form_id AS form_id, r.form_version_id AS form_version_id, max(f.form_name) AS form_name,
    CAST(r.date AS Nullable(Date32)) AS date,
    sum(r.viewed_form) AS viewed_form, sum(r.viewed_form_uniques) AS viewed_form_uniques, sum(r.viewed_form_step) AS
    viewed_form_step, sum(r.viewed_form_step_uniques) AS viewed_form_step_uniques, sum(r.submitted_form_step) AS
    submitted_form_step, sum(r.submitted_form_step_uniques) AS submitted_form_step_uniques, sum(r.submits) AS submits,
    sum(r.qualified_form) AS qualified_form, sum(r.qualified_form_uniques) AS qualified_form_uniques,
    sum(r.closed_form) AS closed_form, sum(r.closed_form_uniques) AS closed_form_uniques
FROM staged_form_series_report AS r
LEFT JOIN staged_form_names AS f ON f.form_id = r.form_id
WHERE CAST(r.date AS Nullable(Date32)) BETWEEN :start AND :end
GROUP BY r.form_id, r.form_version_id, r.date
-- @next
CREATE OR REPLACE TEMPORARY TABLE stored ENGINE = Memory AS
SELECT
    form_id, form_version_id, form_name, date, viewed_form, viewed_form_uniques, viewed_form_step,
    viewed_form_step_uniques, submitted_form_step, submitted_form_step_uniques, submits,
    qualified_form, qualified_form_uniques, closed_form, closed_form_uniques
FROM form_version_statistics
WHERE klaviyo_public_id = :account AND date BETWEEN :start AND :end
-- @next
CREATE OR REPLACE TEMPORARY TABLE replaced ENGINE = Memory AS
SELECT * FROM stored
EXCEPT
SELECT
    form_id, form_version_id, form_name, date, viewed_form, viewed_form_uniques, viewed_form_step,
    viewed_form_step_uniques, submitted_form_step, submitted_form_step_uniques, submits,
    qualified_form, qualified_form_uniques, closed_form, closed_form_uniques
FROM arriving
-- @next
CREATE OR REPLACE TEMPORARY TABLE fresh ENGINE = Memory AS
SELECT
    form_id, form_version_id, form_name, date, viewed_form, viewed_form_uniques, viewed_form_step,
    viewed_form_step_uniques, submitted_form_step, submitted_form_step_uniques, submits,
    qualified_form, qualified_form_uniques, closed_form, closed_form_uniques
FROM arriving
EXCEPT
SELECT * FROM stored
-- @next
INSERT INTO form_version_statistics (
    klaviyo_public_id, form_id, form_version_id, form_name, date, viewed_form, viewed_form_uniques, viewed_form_step,
    viewed_form_step_uniques, submitted_form_step, submitted_form_step_uniques, submits,
    qualified_form, qualified_form_uniques, closed_form, closed_form_uniques,
    updated_at, is_deleted
)
SELECT
    :account, form_id, form_version_id, form_name, date, viewed_form, viewed_form_uniques, viewed_form_step,
    viewed_form_step_uniques, submitted_form_step, submitted_form_step_uniques, submits,
    qualified_form, qualified_form_uniques, closed_form, closed_form_uniques,
    :row_version, 0
FROM fresh
UNION ALL
-- A row that is no more; one that is another now is replaced by its newer version.
SELECT
    :account, form_id, form_version_id, form_name, date, viewed_form, viewed_form_uniques, viewed_form_step,
    viewed_form_step_uniques, submitted_form_step, submitted_form_step_uniques, submits,
    qualified_form, qualified_form_uniques, closed_form, closed_form_uniques,
    :row_version, 1
FROM replaced
WHERE (form_id, form_version_id, date) NOT IN (
    SELECT form_id, form_version_id, date FROM fresh
)
-- @next
INSERT INTO changed_days SELECT date FROM replaced UNION SELECT date FROM fresh
