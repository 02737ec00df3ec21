-- purpose: a window of form statistics by day: versions summed; submits_unique is Klaviyo's submitted_form_step_uniques; a row that did not change is left alone
-- grain: one row of form_statistics
-- params: account String, start Date32, end Date32, updated_at DateTime64(6)
CREATE OR REPLACE TEMP TABLE arriving AS
SELECT
    r.form_id, max(f.form_name) AS form_name, CAST(r.date AS DATE) AS date,
    sum(r.viewed_form) AS viewed_form, sum(r.viewed_form_uniques) AS viewed_form_uniques, sum(r.submits) AS submits,
    sum(r.submitted_form_step_uniques) AS submits_unique, sum(r.qualified_form) AS qualified_form,
    sum(r.qualified_form_uniques) AS qualified_form_uniques
FROM staged_form_series_report AS r
LEFT JOIN staged_form_names AS f ON f.form_id = r.form_id
WHERE CAST(r.date AS DATE) BETWEEN :start AND :end
GROUP BY r.form_id, r.date
-- @next
CREATE OR REPLACE TEMP TABLE replaced AS
SELECT * FROM (
    SELECT form_id, form_name, date, viewed_form, viewed_form_uniques, submits, submits_unique, qualified_form,
    qualified_form_uniques
    FROM form_statistics
    WHERE klaviyo_public_id = :account AND date BETWEEN :start AND :end
) AS stored
EXCEPT
SELECT form_id, form_name, date, viewed_form, viewed_form_uniques, submits, submits_unique, qualified_form,
    qualified_form_uniques FROM arriving
-- @next
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT form_id, form_name, date, viewed_form, viewed_form_uniques, submits, submits_unique, qualified_form,
    qualified_form_uniques FROM arriving
EXCEPT
SELECT * FROM (
    SELECT form_id, form_name, date, viewed_form, viewed_form_uniques, submits, submits_unique, qualified_form,
    qualified_form_uniques
    FROM form_statistics
    WHERE klaviyo_public_id = :account AND date BETWEEN :start AND :end
) AS stored
-- @next
DELETE FROM form_statistics
USING replaced AS g
WHERE form_statistics.klaviyo_public_id = :account AND g.form_id = form_statistics.form_id AND g.date = form_statistics.date
-- @next
INSERT INTO form_statistics
    (klaviyo_public_id, form_id, form_name, date, viewed_form, viewed_form_uniques, submits, submits_unique,
    qualified_form, qualified_form_uniques, updated_at)
SELECT :account, form_id, form_name, date, viewed_form, viewed_form_uniques, submits, submits_unique, qualified_form,
    qualified_form_uniques, :updated_at
FROM fresh
-- @next
INSERT INTO changed_days SELECT date FROM replaced UNION SELECT date FROM fresh
