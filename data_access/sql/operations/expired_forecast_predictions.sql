-- purpose: predictions of an account's models ('' for the company's) for days before the cutoff
-- grain: one row
-- params: account String, cutoff DateTime64(6)
SELECT count(*) AS expired, min(CAST(p.date AS TIMESTAMPTZ)) AS oldest, max(CAST(p.date AS TIMESTAMPTZ)) AS newest
FROM forecast_predictions AS p
JOIN forecast_models AS m ON m.model_id = p.model_id
WHERE coalesce(m.klaviyo_public_id, '') = :account AND p.date < CAST(CAST(:cutoff AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS DATE)
