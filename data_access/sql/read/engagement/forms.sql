-- purpose: forms of some days
-- grain: one row a form
-- params: start Date32, end Date32
-- reads: form_statistics
SELECT
    form_id AS form_id, max(form_name) AS name,
    sum(viewed_form) AS views, sum(viewed_form_uniques) AS viewers, sum(submits) AS submits,
    sum(submits_unique) AS submitters, sum(qualified_form_uniques) AS qualified
FROM form_statistics
WHERE date BETWEEN :start AND :end
GROUP BY form_id
