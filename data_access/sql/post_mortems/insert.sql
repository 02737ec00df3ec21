-- purpose: keep a post-mortem of a promotion, open
-- grain: one row a report
-- params: report_id String, scenario String, promotion String, version Int32, label String, start Date32, end Date32
-- params: , model String, sales_until Date32, frozen String, actual_sales_value Decimal, actual_margin_value Decimal
-- params: , actual_margin_pct Decimal, actual_ebit Decimal, actual_units Int64, sales_value_error_pct Decimal
-- params: , margin_value_error_pct Decimal, ebit_error_pct Decimal, units_error_pct Decimal, dip String, signals String
-- params: , insights Array(String), learning_points Array(String), marks String, report String, person String, save String
INSERT INTO post_mortem_reports (
    id, scenario_id, promo_catalog_id, version, state, label, period_start, period_end, model_version, sales_until,
    forecast_kpi_id, frozen_forecast, actual_sales_value, actual_margin_value, actual_margin_pct, actual_ebit,
    actual_units, sales_value_error_pct, margin_value_error_pct, ebit_error_pct, units_error_pct, post_promo_dip,
    cannibalization_signals, insights, learning_points, marks, report, author, save_id, created_at, updated_at
)
VALUES (
    CAST(:report_id AS UUID), CAST(:scenario AS UUID), CAST(:promotion AS UUID), :version, 'open', :label, :start, :end,
    :model, :sales_until,
    (
        SELECT k.id FROM scenario_kpis AS k WHERE k.scenario_id = CAST(:scenario AS UUID)
        ORDER BY k.created_at DESC, k.id DESC LIMIT 1
    ),
    CAST(:frozen AS JSON), :actual_sales_value, :actual_margin_value, :actual_margin_pct, :actual_ebit, :actual_units,
    :sales_value_error_pct, :margin_value_error_pct, :ebit_error_pct, :units_error_pct, CAST(:dip AS JSON),
    CAST(:signals AS JSON), :insights, :learning_points, CAST(:marks AS JSON), CAST(:report AS JSON), :person,
    CAST(:save AS UUID), now(), now()
)
