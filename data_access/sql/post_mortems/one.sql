-- purpose: a post-mortem, before it is closed
-- grain: one row, none where there is none
-- params: report_id String
SELECT coalesce(version, 1) AS version, coalesce(state, 'closed') AS state, CAST(save_id AS VARCHAR) AS save_id
FROM post_mortem_reports
WHERE id = CAST(:report_id AS UUID)
