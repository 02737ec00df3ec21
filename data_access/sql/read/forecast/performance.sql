-- purpose: how the models of a world of sales did in backtests: over all of them, and of those in use the error of each
-- purpose: trial and of each month's landing
-- grain: one row a model, day and measure
-- params: world String
-- reads: forecast_models, model_performance
WITH newest AS (
    SELECT model_id, max(date) AS date FROM model_performance GROUP BY model_id
)
SELECT p.model_id, p.date, p.metric, CAST(p.value AS DOUBLE PRECISION) AS value
FROM model_performance AS p
JOIN forecast_models AS m ON m.model_id = p.model_id
JOIN newest AS n ON n.model_id = p.model_id
WHERE m.world = :world AND (p.date = n.date OR (m.active AND p.metric IN ('mase', 'landing_error')))
ORDER BY p.model_id, p.date, p.metric
