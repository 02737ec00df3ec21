-- purpose: removes simulated figures older than the cutoff; a post-mortem keeps its own copy of the frozen forecast
-- grain: its rows, and the references to them
-- params: cutoff DateTime64(6)
UPDATE post_mortem_reports
SET forecast_kpi_id = NULL
WHERE forecast_kpi_id IN (SELECT id FROM scenario_kpis WHERE created_at < :cutoff)
-- @next
DELETE FROM scenario_kpis WHERE created_at < :cutoff
