-- purpose: how the models of a world of sales did in backtests
-- grain: one row a model, day and measure
-- params: world String
-- reads: forecast_models, model_performance
SELECT p.model_id, p.date, p.metric, p.value
FROM model_performance AS p
JOIN forecast_models AS m ON m.model_id = p.model_id
WHERE m.world = :world
ORDER BY p.model_id, p.date, p.metric
