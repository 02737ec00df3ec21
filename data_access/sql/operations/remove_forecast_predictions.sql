-- purpose: removes predictions of an account's models ('' for the company's) for days before the cutoff
-- grain: its rows
-- params: account String, cutoff DateTime64(6)
DELETE FROM forecast_predictions
WHERE date < CAST(CAST(:cutoff AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS DATE)
    AND model_id IN (SELECT model_id FROM forecast_models WHERE coalesce(klaviyo_public_id, '') = :account)
