-- purpose: all post-mortems, with their figures
-- grain: one row a report, the promotion that began last first
-- reads: post_mortem_reports
SELECT
    CAST(id AS VARCHAR) AS report_id, CAST(scenario_id AS VARCHAR) AS scenario_id,
    CAST(promo_catalog_id AS VARCHAR) AS promotion_id, coalesce(version, 1) AS version,
    coalesce(state, 'closed') AS state, coalesce(label, '') AS label, period_start, period_end, sales_until,
    actual_sales_value, actual_margin_value, actual_margin_pct, actual_ebit, actual_units, sales_value_error_pct,
    margin_value_error_pct, ebit_error_pct, units_error_pct, coalesce(author, '') AS author, created_at,
    coalesce(updated_at, created_at) AS updated_at, coalesce(closed_by, '') AS closed_by, closed_at
FROM post_mortem_reports
ORDER BY period_start DESC, coalesce(version, 1) DESC, created_at DESC, id
