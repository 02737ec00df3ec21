-- purpose: keeps the models of a world of sales, what they expect from a day on, and how they did; of days before it stays
-- purpose: what was expected of them last
-- grain: one row a model; one a model and day; one a model, day and measure
-- params: account String, world String, since Date32
UPDATE forecast_models SET active = false
WHERE coalesce(klaviyo_public_id, '') = :account AND world = :world AND active
-- @next
UPDATE forecast_models SET parameters = CAST(n.parameters AS JSON), active = n.active, updated_at = now()
FROM made_models AS n
WHERE coalesce(forecast_models.klaviyo_public_id, '') = :account AND forecast_models.world = :world
    AND coalesce(forecast_models.channel, '') = n.channel AND coalesce(forecast_models.department, '') = n.department
    AND forecast_models.metric_name = n.metric_name AND forecast_models.model_type = n.model_type
-- @next
INSERT INTO forecast_models (klaviyo_public_id, world, channel, department, metric_name, model_type, parameters, active)
SELECT
    nullif(:account, ''), :world, nullif(n.channel, ''), nullif(n.department, ''), n.metric_name, n.model_type,
    CAST(n.parameters AS JSON), n.active
FROM made_models AS n
WHERE NOT EXISTS (
    SELECT 1 FROM forecast_models AS m
    WHERE coalesce(m.klaviyo_public_id, '') = :account AND m.world = :world AND coalesce(m.channel, '') = n.channel
        AND coalesce(m.department, '') = n.department AND m.metric_name = n.metric_name AND m.model_type = n.model_type
)
-- @next
DELETE FROM forecast_predictions
WHERE date >= :since AND model_id IN (
    SELECT m.model_id FROM forecast_models AS m WHERE coalesce(m.klaviyo_public_id, '') = :account AND m.world = :world
)
-- @next
INSERT INTO forecast_predictions (model_id, date, value, confidence_lower, confidence_upper)
SELECT m.model_id, p.date, p.value, p.low, p.high
FROM made_predictions AS p
JOIN forecast_models AS m
    ON coalesce(m.klaviyo_public_id, '') = :account AND m.world = :world AND coalesce(m.channel, '') = p.channel
    AND coalesce(m.department, '') = p.department AND m.metric_name = p.metric_name AND m.active
-- @next
DELETE FROM model_performance
WHERE model_id IN (
    SELECT m.model_id FROM forecast_models AS m WHERE coalesce(m.klaviyo_public_id, '') = :account AND m.world = :world
)
-- @next
INSERT INTO model_performance (model_id, date, metric, value)
SELECT m.model_id, p.date, p.measure, p.value
FROM made_performance AS p
JOIN forecast_models AS m
    ON coalesce(m.klaviyo_public_id, '') = :account AND m.world = :world AND coalesce(m.channel, '') = p.channel
    AND coalesce(m.department, '') = p.department AND m.metric_name = p.metric_name AND m.model_type = p.model_type
