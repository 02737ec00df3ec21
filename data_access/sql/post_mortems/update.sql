-- purpose: put what was computed anew in the place of what an open post-mortem said
-- grain: one row a report
-- params: report_id String, label String, start Date32, end Date32, model String, sales_until Date32, frozen String
-- params: , actual_sales_value Decimal, actual_margin_value Decimal, actual_margin_pct Decimal, actual_ebit Decimal
-- params: , actual_units Int64, sales_value_error_pct Decimal, margin_value_error_pct Decimal, ebit_error_pct Decimal
-- params: , units_error_pct Decimal, dip String, signals String, insights Array(String), learning_points Array(String), marks String
-- params: , report String, person String, save String
UPDATE post_mortem_reports
SET label = :label, period_start = :start, period_end = :end, model_version = :model, sales_until = :sales_until,
    frozen_forecast = CAST(:frozen AS JSON), actual_sales_value = :actual_sales_value,
    actual_margin_value = :actual_margin_value, actual_margin_pct = :actual_margin_pct, actual_ebit = :actual_ebit,
    actual_units = :actual_units, sales_value_error_pct = :sales_value_error_pct,
    margin_value_error_pct = :margin_value_error_pct, ebit_error_pct = :ebit_error_pct,
    units_error_pct = :units_error_pct, post_promo_dip = CAST(:dip AS JSON),
    cannibalization_signals = CAST(:signals AS JSON), insights = :insights, learning_points = :learning_points,
    marks = CAST(:marks AS JSON), report = CAST(:report AS JSON), author = :person, save_id = CAST(:save AS UUID),
    updated_at = now()
WHERE id = CAST(:report_id AS UUID) AND state = 'open'
