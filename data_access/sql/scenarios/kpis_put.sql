-- purpose: keep what a scenario is expected to bring
-- grain: one row a simulation
-- params: scenario String, start Date32, end Date32, total_sales_value Decimal(18, 2), total_margin_value Decimal(18, 2)
-- params: , total_margin_pct Nullable(Decimal(18, 2)), total_ebit Decimal(18, 2), total_units Int64
-- params: , sales_value_delta Decimal(18, 2), margin_value_delta Decimal(18, 2), ebit_delta Decimal(18, 2)
-- params: , units_delta Int64, breakdown String
INSERT INTO scenario_kpis (
    scenario_id, period_start, period_end, total_sales_value, total_margin_value, total_margin_pct, total_ebit,
    total_units, sales_value_delta, margin_value_delta, ebit_delta, units_delta, kpi_breakdown
)
VALUES (
    CAST(:scenario AS UUID), :start, :end, :total_sales_value, :total_margin_value, :total_margin_pct, :total_ebit,
    :total_units, :sales_value_delta, :margin_value_delta, :ebit_delta, :units_delta, CAST(:breakdown AS JSON)
)
