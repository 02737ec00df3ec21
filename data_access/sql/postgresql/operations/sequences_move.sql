-- purpose: moves the sequences past the numbers that restored rows have
-- grain: one number a sequence
SELECT
    setval('ingest_seq', greatest(
        (SELECT coalesce(max(ingest_seq), 0) FROM klaviyo_events),
        (SELECT coalesce(max(seq), 0) FROM touched),
        (SELECT coalesce(max(ingest_seq), 0) FROM projection_watermarks)
    ) + 1),
    setval(pg_get_serial_sequence('raw_api_responses', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM raw_api_responses)),
    setval(pg_get_serial_sequence('sales_aggregated', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM sales_aggregated)),
    setval(pg_get_serial_sequence('forecast_models', 'model_id'), (SELECT coalesce(max(model_id), 0) + 1 FROM forecast_models)),
    setval(
        pg_get_serial_sequence('forecast_predictions', 'prediction_id'),
        (SELECT coalesce(max(prediction_id), 0) + 1 FROM forecast_predictions)
    )
