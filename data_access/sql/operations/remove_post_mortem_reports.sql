-- purpose: removes what of post_mortem_reports is older than the cutoff
-- grain: its rows
-- params: cutoff DateTime64(6)
DELETE FROM post_mortem_reports WHERE created_at < :cutoff
