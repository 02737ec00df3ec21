-- purpose: one model of uplift: that of a version, or the active one
-- grain: one row, none where there is no such model
-- params: model Nullable(String)
-- reads: uplift_models
SELECT
    model_version, state, source, sales_from, sales_to, fingerprint, CAST(details AS VARCHAR) AS details,
    coalesce(created_by, '') AS created_by, created_at, activated_at
FROM uplift_models
WHERE (CAST(:model AS VARCHAR) IS NULL AND state = 'active') OR model_version = CAST(:model AS VARCHAR)
