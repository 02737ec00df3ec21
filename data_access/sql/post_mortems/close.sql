-- purpose: close a post-mortem: from now on it is never changed
-- grain: one row a report
-- params: report_id String, person String
UPDATE post_mortem_reports
SET state = 'closed', closed_by = :person, closed_at = now()
WHERE id = CAST(:report_id AS UUID) AND state = 'open'
