-- purpose: what of scenario_kpis is older than the cutoff
-- grain: one row
-- params: cutoff DateTime64(6)
SELECT count(*) AS expired, min(created_at) AS oldest, max(created_at) AS newest
FROM scenario_kpis
WHERE created_at < :cutoff
