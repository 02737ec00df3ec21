-- Sales, promotions and forecasts. Company data: no Klaviyo account.

CREATE SEQUENCE sales_aggregated_id START 1;
CREATE SEQUENCE forecast_models_id START 1;
CREATE SEQUENCE forecast_predictions_id START 1;

CREATE TABLE sales_aggregated (
    id BIGINT NOT NULL DEFAULT nextval('sales_aggregated_id'),
    date DATE NOT NULL,
    channel VARCHAR NOT NULL CHECK (channel IN ('online', 'offline')),
    department VARCHAR NOT NULL,
    promo_flag BOOLEAN DEFAULT false,
    discount_pct DECIMAL(5, 2),
    sales_value DECIMAL(18, 2) NOT NULL,
    margin_value DECIMAL(18, 2) NOT NULL,
    margin_pct DECIMAL(18, 2) GENERATED ALWAYS AS (
        CASE WHEN sales_value > 0 THEN CAST(margin_value / sales_value * 100 AS DECIMAL(18, 2)) END
    ) VIRTUAL,
    units BIGINT NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now(),
    UNIQUE (date, channel, department, promo_flag)
);

CREATE TABLE promo_scenarios (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    label VARCHAR NOT NULL,
    source_opportunity_id UUID,
    date_range_start DATE NOT NULL,
    date_range_end DATE NOT NULL,
    scenario_type VARCHAR CHECK (scenario_type IN ('conservative', 'balanced', 'aggressive', 'flash', 'best_deal', 'coupon', 'member_only')),
    mechanics JSON NOT NULL,
    created_by VARCHAR,
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now(),
    CHECK (date_range_end >= date_range_start)
);

CREATE TABLE scenario_versions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID NOT NULL,
    version INTEGER NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'rejected', 'archived')),
    mechanics JSON NOT NULL,
    kpis JSON,
    validation JSON,
    author VARCHAR,
    comment VARCHAR,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (scenario_id, version)
);

CREATE TABLE scenario_kpis (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    total_sales_value DECIMAL(18, 2) NOT NULL,
    total_margin_value DECIMAL(18, 2) NOT NULL,
    total_margin_pct DECIMAL(18, 2),
    total_ebit DECIMAL(18, 2) NOT NULL,
    total_units BIGINT NOT NULL,
    sales_value_delta DECIMAL(18, 2) NOT NULL,
    margin_value_delta DECIMAL(18, 2) NOT NULL,
    ebit_delta DECIMAL(18, 2) NOT NULL,
    units_delta BIGINT NOT NULL,
    kpi_breakdown JSON NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now(),
    CHECK (period_end >= period_start)
);

CREATE TABLE validation_reports (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('PASS', 'WARN', 'BLOCK')),
    issues JSON,
    overall_score INTEGER CHECK (overall_score >= 0 AND overall_score <= 100),
    created_at TIMESTAMPTZ DEFAULT now(),
    UNIQUE (scenario_id)
);

CREATE TABLE post_mortem_reports (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID,
    promo_catalog_id UUID,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    forecast_kpi_id UUID,
    frozen_forecast JSON,
    actual_sales_value DECIMAL(18, 2) NOT NULL,
    actual_margin_value DECIMAL(18, 2) NOT NULL,
    actual_margin_pct DECIMAL(18, 2),
    actual_ebit DECIMAL(18, 2) NOT NULL,
    actual_units BIGINT NOT NULL,
    sales_value_error_pct DECIMAL(18, 2),
    margin_value_error_pct DECIMAL(18, 2),
    ebit_error_pct DECIMAL(18, 2),
    units_error_pct DECIMAL(18, 2),
    post_promo_dip JSON,
    cannibalization_signals JSON,
    insights VARCHAR[],
    learning_points VARCHAR[],
    created_at TIMESTAMPTZ DEFAULT now(),
    CHECK (period_end >= period_start)
);

CREATE TABLE creative_briefs (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID NOT NULL,
    brief JSON NOT NULL,
    assets JSON,
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE segments (
    segment_id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    share_of_customers DECIMAL(5, 4) NOT NULL CHECK (share_of_customers >= 0 AND share_of_customers <= 1),
    share_of_revenue DECIMAL(5, 4) NOT NULL CHECK (share_of_revenue >= 0 AND share_of_revenue <= 1),
    avg_basket_value DECIMAL(18, 2) NOT NULL,
    fav_categories VARCHAR[],
    discount_sensitivity VARCHAR CHECK (discount_sensitivity IN ('low', 'medium', 'high')),
    purchase_frequency DECIMAL(18, 2),
    last_purchase_days_ago INTEGER,
    updated_at TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE uplift_coefficients (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    department VARCHAR NOT NULL,
    channel VARCHAR NOT NULL CHECK (channel IN ('online', 'offline')),
    discount_band VARCHAR NOT NULL,
    uplift_sales_pct DECIMAL(18, 2) NOT NULL,
    uplift_units_pct DECIMAL(18, 2) NOT NULL,
    margin_impact_pct DECIMAL(18, 2) NOT NULL,
    confidence DECIMAL(3, 2) CHECK (confidence >= 0 AND confidence <= 1),
    sample_size INTEGER,
    model_version VARCHAR NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now(),
    UNIQUE (department, channel, discount_band, model_version)
);

CREATE TABLE data_processing_jobs (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    job_id VARCHAR UNIQUE NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'failed')),
    files_queued INTEGER NOT NULL,
    files_processed INTEGER DEFAULT 0,
    records_processed BIGINT DEFAULT 0,
    errors INTEGER DEFAULT 0,
    result JSON,
    error_message VARCHAR,
    started_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE targets (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    month VARCHAR NOT NULL CHECK (regexp_full_match(month, '[0-9]{4}-(0[1-9]|1[0-2])')),
    geo VARCHAR NOT NULL,
    sales_value_target DECIMAL(18, 2) NOT NULL,
    margin_pct_target DECIMAL(5, 2) NOT NULL,
    units_target BIGINT,
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now(),
    UNIQUE (month, geo)
);

CREATE TABLE promo_catalog (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    promo_name VARCHAR,
    date_start DATE NOT NULL,
    date_end DATE NOT NULL,
    departments VARCHAR[],
    channels VARCHAR[],
    avg_discount_pct DECIMAL(5, 2),
    mechanics JSON,
    source_file VARCHAR,
    created_at TIMESTAMPTZ DEFAULT now(),
    CHECK (date_end >= date_start)
);

CREATE TABLE opportunities (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    department VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    date_start DATE NOT NULL,
    date_end DATE NOT NULL,
    discount_pct DECIMAL(5, 2),
    expected_ebit_delta DECIMAL(18, 2),
    gap_share_pct DECIMAL(18, 2),
    reason VARCHAR,
    details JSON,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (date_end >= date_start)
);

-- klaviyo_public_id is NULL for a series of the workbooks' sales.
CREATE TABLE forecast_models (
    model_id INTEGER PRIMARY KEY DEFAULT nextval('forecast_models_id'),
    klaviyo_public_id VARCHAR,
    world VARCHAR NOT NULL CHECK (world IN ('orders', 'sales')),
    channel VARCHAR,
    department VARCHAR,
    metric_name VARCHAR NOT NULL,
    model_type VARCHAR NOT NULL,
    parameters JSON NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now(),
    active BOOLEAN DEFAULT true
);

CREATE TABLE forecast_predictions (
    prediction_id BIGINT PRIMARY KEY DEFAULT nextval('forecast_predictions_id'),
    model_id INTEGER,
    date DATE NOT NULL,
    value DECIMAL(18, 2) NOT NULL,
    confidence_lower DECIMAL(18, 2),
    confidence_upper DECIMAL(18, 2),
    created_at TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE model_performance (
    model_id INTEGER,
    date DATE NOT NULL,
    metric VARCHAR NOT NULL,
    value DECIMAL(18, 4) NOT NULL,
    PRIMARY KEY (model_id, date, metric)
);

CREATE VIEW sales_daily_summary AS
SELECT
    date,
    channel,
    sum(sales_value) AS total_sales_value,
    sum(margin_value) AS total_margin_value,
    CASE WHEN sum(sales_value) > 0
         THEN CAST(sum(margin_value) / sum(sales_value) * 100 AS DECIMAL(18, 2))
    END AS avg_margin_pct,
    CAST(sum(units) AS BIGINT) AS total_units,
    count(DISTINCT date) FILTER (WHERE promo_flag OR discount_pct > 0) AS promo_days_count
FROM sales_aggregated
GROUP BY date, channel;

CREATE VIEW scenario_comparison_view AS
WITH latest AS (
    SELECT * FROM scenario_kpis
    QUALIFY row_number() OVER (PARTITION BY scenario_id ORDER BY created_at DESC, id DESC) = 1
)
SELECT
    ps.id AS scenario_id,
    ps.label,
    ps.scenario_type,
    ps.date_range_start,
    ps.date_range_end,
    sk.total_sales_value,
    sk.total_margin_pct,
    sk.total_ebit,
    sk.sales_value_delta,
    vr.status AS validation_status,
    vr.overall_score
FROM promo_scenarios ps
LEFT JOIN latest sk ON ps.id = sk.scenario_id
LEFT JOIN validation_reports vr ON ps.id = vr.scenario_id;
