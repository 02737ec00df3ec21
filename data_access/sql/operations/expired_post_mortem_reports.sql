-- purpose: what of post_mortem_reports is older than the cutoff
-- grain: one row
-- params: cutoff DateTime64(6)
SELECT count(*) AS expired, min(created_at) AS oldest, max(created_at) AS newest
FROM post_mortem_reports
WHERE created_at < :cutoff
