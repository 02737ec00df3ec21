-- purpose: what the models in use of a world of sales expect of the days behind one
-- grain: one row a model and day; low, high: the ends of the interval, the value itself without one
-- params: world String, after Date32
-- reads: forecast_models, forecast_predictions
SELECT
    p.model_id, p.date, CAST(p.value AS DOUBLE PRECISION) AS value,
    CAST(coalesce(p.confidence_lower, p.value) AS DOUBLE PRECISION) AS low,
    CAST(coalesce(p.confidence_upper, p.value) AS DOUBLE PRECISION) AS high
FROM forecast_predictions AS p
JOIN forecast_models AS m ON m.model_id = p.model_id
WHERE m.world = :world AND m.active AND p.date > :after
ORDER BY p.model_id, p.date
