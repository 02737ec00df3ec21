-- purpose: the models of a world of sales, those in use and those that were tried beside them
-- grain: one row a model; parameters of those in use alone
-- params: world String
-- reads: forecast_models
SELECT
    model_id, coalesce(channel, '') AS channel, coalesce(department, '') AS department, metric_name, model_type, active,
    CASE WHEN active THEN CAST(parameters AS VARCHAR) ELSE '' END AS parameters, updated_at
FROM forecast_models
WHERE world = :world
ORDER BY metric_name, channel, department, model_type
