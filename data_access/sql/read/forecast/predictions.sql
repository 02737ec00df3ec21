-- purpose: what the models in use of a world of sales expect
-- grain: one row a model and day
-- params: world String
-- reads: forecast_models, forecast_predictions
SELECT p.model_id, p.date, p.value, p.confidence_lower, p.confidence_upper
FROM forecast_predictions AS p
JOIN forecast_models AS m ON m.model_id = p.model_id
WHERE m.world = :world AND m.active
ORDER BY p.model_id, p.date
