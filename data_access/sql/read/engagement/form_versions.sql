-- purpose: the versions of forms on some days
-- grain: one row a form and version
-- params: start Date32, end Date32
-- reads: form_version_statistics
SELECT
    form_id AS form_id, form_version_id AS form_version_id,
    sum(viewed_form) AS views, sum(viewed_form_uniques) AS viewers, sum(viewed_form_step_uniques) AS step_viewers,
    sum(submits) AS submits, sum(submitted_form_step_uniques) AS submitters, sum(closed_form_uniques) AS closed,
    sum(viewed_form_step) AS step_views, sum(submitted_form_step) AS step_submits
FROM form_version_statistics
WHERE date BETWEEN :start AND :end
GROUP BY form_id, form_version_id
