-- purpose: the models of uplift, the newest first
-- grain: one row a model
-- reads: uplift_models
SELECT
    model_version, state, source, sales_from, sales_to, fingerprint, CAST(details AS VARCHAR) AS details,
    coalesce(created_by, '') AS created_by, created_at, activated_at
FROM uplift_models
ORDER BY created_at DESC, model_version DESC
