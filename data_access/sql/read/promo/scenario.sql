-- purpose: a scenario as it stands, with its newest figures and its validation
-- grain: one row, none where it does not exist
-- params: scenario String
-- reads: promo_scenarios, scenario_kpis, validation_reports
SELECT
    CAST(s.id AS VARCHAR) AS scenario_id, coalesce(s.state, 'draft') AS state, coalesce(s.version, 1) AS version,
    s.label, s.date_range_start, s.date_range_end, s.scenario_type, CAST(s.mechanics AS VARCHAR) AS mechanics,
    coalesce(s.notes, '') AS notes, CAST(s.source_opportunity_id AS VARCHAR) AS source_opportunity_id, s.model_version,
    coalesce(s.updated_by, s.created_by, '') AS author, s.updated_at AS created_at, '' AS comment,
    r.status, CAST(r.issues AS VARCHAR) AS issues, r.overall_score, k.total_sales_value, k.total_margin_value,
    k.total_margin_pct, k.total_ebit, k.total_units, k.sales_value_delta, k.margin_value_delta, k.ebit_delta,
    k.units_delta, CAST(k.kpi_breakdown AS VARCHAR) AS kpi_breakdown
FROM promo_scenarios AS s
LEFT JOIN scenario_kpis AS k ON k.scenario_id = s.id
LEFT JOIN validation_reports AS r ON r.scenario_id = s.id
WHERE s.id = CAST(:scenario AS UUID)
ORDER BY k.created_at DESC, k.id DESC
LIMIT 1
