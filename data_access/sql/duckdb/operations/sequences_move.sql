-- purpose: moves the sequences past the numbers that restored rows have; DuckDB sets none, so that they are drawn
-- grain: one number a sequence
SELECT max(nextval('ingest_seq'))
FROM (SELECT unnest(range((
    SELECT greatest(
        (SELECT coalesce(max(ingest_seq), 0) FROM klaviyo_events),
        (SELECT coalesce(max(seq), 0) FROM touched),
        (SELECT coalesce(max(ingest_seq), 0) FROM projection_watermarks)
    ) + 1
))))
-- @next
SELECT max(nextval('raw_api_responses_id'))
FROM (SELECT unnest(range((SELECT coalesce(max(id), 0) + 1 FROM raw_api_responses))))
-- @next
SELECT max(nextval('sales_aggregated_id'))
FROM (SELECT unnest(range((SELECT coalesce(max(id), 0) + 1 FROM sales_aggregated))))
-- @next
SELECT max(nextval('forecast_models_id'))
FROM (SELECT unnest(range((SELECT coalesce(max(model_id), 0) + 1 FROM forecast_models))))
-- @next
SELECT max(nextval('forecast_predictions_id'))
FROM (SELECT unnest(range((SELECT coalesce(max(prediction_id), 0) + 1 FROM forecast_predictions))))
