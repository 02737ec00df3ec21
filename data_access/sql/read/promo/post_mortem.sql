-- purpose: one post-mortem with all that it says
-- grain: one row, none where there is none
-- params: report String
-- reads: post_mortem_reports
SELECT
    CAST(id AS VARCHAR) AS report_id, CAST(scenario_id AS VARCHAR) AS scenario_id,
    CAST(promo_catalog_id AS VARCHAR) AS promotion_id, coalesce(version, 1) AS version,
    coalesce(state, 'closed') AS state, coalesce(label, '') AS label, period_start, period_end, sales_until,
    actual_sales_value, actual_margin_value, actual_margin_pct, actual_ebit, actual_units, sales_value_error_pct,
    margin_value_error_pct, ebit_error_pct, units_error_pct, coalesce(author, '') AS author, created_at,
    coalesce(updated_at, created_at) AS updated_at, coalesce(closed_by, '') AS closed_by, closed_at, model_version,
    CAST(frozen_forecast AS VARCHAR) AS frozen_forecast, CAST(marks AS VARCHAR) AS marks,
    CAST(report AS VARCHAR) AS report, insights, learning_points, CAST(save_id AS VARCHAR) AS save_id
FROM post_mortem_reports
WHERE id = CAST(:report AS UUID)
