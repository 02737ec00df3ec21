-- purpose: one form by day
-- grain: one row a day
-- params: form String, start Date32, end Date32
-- reads: form_statistics
SELECT
    date AS day, sum(viewed_form) AS views, sum(viewed_form_uniques) AS viewers, sum(submits) AS submits,
    sum(submits_unique) AS submitters, sum(qualified_form_uniques) AS qualified
FROM form_statistics
WHERE form_id = :form AND date BETWEEN :start AND :end
GROUP BY date
ORDER BY day
