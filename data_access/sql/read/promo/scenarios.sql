-- purpose: all scenarios as they stand, with their newest figures and validation, and the version that was approved last
-- grain: one row a scenario, those changed last first
-- reads: promo_scenarios, scenario_kpis, validation_reports, scenario_versions
WITH newest AS (
    SELECT
        k.*, row_number() OVER (PARTITION BY k.scenario_id ORDER BY k.created_at DESC, k.id DESC) AS place
    FROM scenario_kpis AS k
),
approved AS (
    SELECT v.scenario_id, max(v.version) AS version FROM scenario_versions AS v WHERE v.state = 'approved' GROUP BY v.scenario_id
)
SELECT
    CAST(s.id AS VARCHAR) AS scenario_id, s.label, s.date_range_start, s.date_range_end, s.scenario_type,
    coalesce(s.state, 'draft') AS state, coalesce(s.version, 1) AS version, s.model_version,
    coalesce(s.created_by, '') AS created_by, coalesce(s.updated_by, s.created_by, '') AS updated_by, s.created_at,
    s.updated_at, CAST(s.source_opportunity_id AS VARCHAR) AS source_opportunity_id,
    CAST(s.mechanics AS VARCHAR) AS mechanics, coalesce(s.notes, '') AS notes,
    k.total_sales_value, k.total_margin_value, k.total_margin_pct, k.total_ebit, k.total_units, k.sales_value_delta,
    k.margin_value_delta, k.ebit_delta, k.units_delta,
    CAST(k.kpi_breakdown -> 'after' ->> 'net_ebit_delta' AS DECIMAL(15, 2)) AS net_ebit_delta,
    r.status AS validation_status, r.overall_score,
    a.version AS approved_version, coalesce(v.comment, '') AS comment
FROM promo_scenarios AS s
LEFT JOIN newest AS k ON k.scenario_id = s.id AND k.place = 1
LEFT JOIN validation_reports AS r ON r.scenario_id = s.id
LEFT JOIN approved AS a ON a.scenario_id = s.id
LEFT JOIN scenario_versions AS v ON v.scenario_id = s.id AND v.version = s.version
ORDER BY s.updated_at DESC, s.id
