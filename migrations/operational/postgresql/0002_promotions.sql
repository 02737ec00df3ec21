-- Sales, promotions and forecasts. Company data: no Klaviyo account.

-- One partition a month (see sales_partitions); a row of a month without one waits in the default partition.
CREATE TABLE sales_aggregated (
    id BIGSERIAL,
    date DATE NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL CHECK (channel IN ('online', 'offline')),
    department VARCHAR COLLATE "C" NOT NULL,
    promo_flag BOOLEAN DEFAULT false,
    discount_pct NUMERIC(5, 2),
    sales_value NUMERIC(18, 2) NOT NULL,
    margin_value NUMERIC(18, 2) NOT NULL,
    margin_pct NUMERIC(18, 2) GENERATED ALWAYS AS (
        CASE WHEN sales_value > 0 THEN CAST(margin_value / sales_value * 100 AS NUMERIC(18, 2)) END
    ) STORED,
    units BIGINT NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now(),
    PRIMARY KEY (id, date),
    CONSTRAINT unique_sales_record UNIQUE (date, channel, department, promo_flag)
) PARTITION BY RANGE (date);

CREATE TABLE sales_aggregated_rest PARTITION OF sales_aggregated DEFAULT;

CREATE TABLE opportunities (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    department VARCHAR COLLATE "C" NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL,
    date_start DATE NOT NULL,
    date_end DATE NOT NULL,
    discount_pct NUMERIC(5, 2),
    expected_ebit_delta NUMERIC(18, 2),
    gap_share_pct NUMERIC(18, 2),
    reason VARCHAR COLLATE "C",
    details JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (date_end >= date_start)
);

CREATE TABLE promo_catalog (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    promo_name VARCHAR COLLATE "C",
    date_start DATE NOT NULL,
    date_end DATE NOT NULL,
    departments TEXT[] COLLATE "C",
    channels TEXT[] COLLATE "C",
    avg_discount_pct NUMERIC(5, 2),
    mechanics JSONB,
    source_file VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ DEFAULT now(),
    CHECK (date_end >= date_start)
);

CREATE TABLE promo_scenarios (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    label VARCHAR COLLATE "C" NOT NULL,
    source_opportunity_id UUID REFERENCES opportunities (id) ON DELETE SET NULL,
    date_range_start DATE NOT NULL,
    date_range_end DATE NOT NULL,
    scenario_type VARCHAR COLLATE "C" CHECK (scenario_type IN ('conservative', 'balanced', 'aggressive', 'flash', 'best_deal', 'coupon', 'member_only')),
    mechanics JSONB NOT NULL,
    created_by VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now(),
    CHECK (date_range_end >= date_range_start)
);

CREATE TABLE scenario_versions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID NOT NULL REFERENCES promo_scenarios (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'rejected', 'archived')),
    mechanics JSONB NOT NULL,
    kpis JSONB,
    validation JSONB,
    author VARCHAR COLLATE "C",
    comment VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (scenario_id, version)
);

CREATE TABLE scenario_kpis (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID NOT NULL REFERENCES promo_scenarios (id) ON DELETE CASCADE,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    total_sales_value NUMERIC(18, 2) NOT NULL,
    total_margin_value NUMERIC(18, 2) NOT NULL,
    total_margin_pct NUMERIC(18, 2),
    total_ebit NUMERIC(18, 2) NOT NULL,
    total_units BIGINT NOT NULL,
    sales_value_delta NUMERIC(18, 2) NOT NULL,
    margin_value_delta NUMERIC(18, 2) NOT NULL,
    ebit_delta NUMERIC(18, 2) NOT NULL,
    units_delta BIGINT NOT NULL,
    kpi_breakdown JSONB NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now(),
    CHECK (period_end >= period_start)
);

CREATE TABLE validation_reports (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID NOT NULL REFERENCES promo_scenarios (id) ON DELETE CASCADE,
    status VARCHAR COLLATE "C" NOT NULL CHECK (status IN ('PASS', 'WARN', 'BLOCK')),
    issues JSONB,
    overall_score INTEGER CHECK (overall_score >= 0 AND overall_score <= 100),
    created_at TIMESTAMPTZ DEFAULT now(),
    UNIQUE (scenario_id)
);

CREATE TABLE post_mortem_reports (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID REFERENCES promo_scenarios (id) ON DELETE SET NULL,
    promo_catalog_id UUID REFERENCES promo_catalog (id) ON DELETE SET NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    forecast_kpi_id UUID REFERENCES scenario_kpis (id) ON DELETE SET NULL,
    frozen_forecast JSONB,
    actual_sales_value NUMERIC(18, 2) NOT NULL,
    actual_margin_value NUMERIC(18, 2) NOT NULL,
    actual_margin_pct NUMERIC(18, 2),
    actual_ebit NUMERIC(18, 2) NOT NULL,
    actual_units BIGINT NOT NULL,
    sales_value_error_pct NUMERIC(18, 2),
    margin_value_error_pct NUMERIC(18, 2),
    ebit_error_pct NUMERIC(18, 2),
    units_error_pct NUMERIC(18, 2),
    post_promo_dip JSONB,
    cannibalization_signals JSONB,
    insights TEXT[] COLLATE "C",
    learning_points TEXT[] COLLATE "C",
    created_at TIMESTAMPTZ DEFAULT now(),
    CHECK (period_end >= period_start)
);

CREATE TABLE creative_briefs (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    scenario_id UUID NOT NULL REFERENCES promo_scenarios (id) ON DELETE CASCADE,
    brief JSONB NOT NULL,
    assets JSONB,
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE segments (
    segment_id VARCHAR COLLATE "C" PRIMARY KEY,
    name VARCHAR COLLATE "C" NOT NULL,
    share_of_customers NUMERIC(5, 4) NOT NULL CHECK (share_of_customers >= 0 AND share_of_customers <= 1),
    share_of_revenue NUMERIC(5, 4) NOT NULL CHECK (share_of_revenue >= 0 AND share_of_revenue <= 1),
    avg_basket_value NUMERIC(18, 2) NOT NULL,
    fav_categories TEXT[] COLLATE "C",
    discount_sensitivity VARCHAR COLLATE "C" CHECK (discount_sensitivity IN ('low', 'medium', 'high')),
    purchase_frequency NUMERIC(18, 2),
    last_purchase_days_ago INTEGER,
    updated_at TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE uplift_coefficients (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    department VARCHAR COLLATE "C" NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL CHECK (channel IN ('online', 'offline')),
    discount_band VARCHAR COLLATE "C" NOT NULL,
    uplift_sales_pct NUMERIC(18, 2) NOT NULL,
    uplift_units_pct NUMERIC(18, 2) NOT NULL,
    margin_impact_pct NUMERIC(18, 2) NOT NULL,
    confidence NUMERIC(3, 2) CHECK (confidence >= 0 AND confidence <= 1),
    sample_size INTEGER,
    model_version VARCHAR COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now(),
    UNIQUE (department, channel, discount_band, model_version)
);

CREATE TABLE data_processing_jobs (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    job_id VARCHAR COLLATE "C" UNIQUE NOT NULL,
    status VARCHAR COLLATE "C" NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'failed')),
    files_queued INTEGER NOT NULL,
    files_processed INTEGER DEFAULT 0,
    records_processed BIGINT DEFAULT 0,
    errors INTEGER DEFAULT 0,
    result JSONB,
    error_message VARCHAR COLLATE "C",
    started_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE targets (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    month VARCHAR COLLATE "C" NOT NULL CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    geo VARCHAR COLLATE "C" NOT NULL,
    sales_value_target NUMERIC(18, 2) NOT NULL,
    margin_pct_target NUMERIC(5, 2) NOT NULL,
    units_target BIGINT,
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now(),
    UNIQUE (month, geo)
);

-- klaviyo_public_id is NULL for a series of the workbooks' sales.
CREATE TABLE forecast_models (
    model_id SERIAL PRIMARY KEY,
    klaviyo_public_id VARCHAR COLLATE "C",
    world VARCHAR COLLATE "C" NOT NULL CHECK (world IN ('orders', 'sales')),
    channel VARCHAR COLLATE "C",
    department VARCHAR COLLATE "C",
    metric_name VARCHAR COLLATE "C" NOT NULL,
    model_type VARCHAR COLLATE "C" NOT NULL,
    parameters JSONB NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now(),
    updated_at TIMESTAMPTZ DEFAULT now(),
    active BOOLEAN DEFAULT true
);

CREATE TABLE forecast_predictions (
    prediction_id BIGSERIAL PRIMARY KEY,
    model_id INTEGER REFERENCES forecast_models (model_id) ON DELETE CASCADE,
    date DATE NOT NULL,
    value NUMERIC(18, 2) NOT NULL,
    confidence_lower NUMERIC(18, 2),
    confidence_upper NUMERIC(18, 2),
    created_at TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE model_performance (
    model_id INTEGER REFERENCES forecast_models (model_id) ON DELETE CASCADE,
    date DATE NOT NULL,
    metric VARCHAR COLLATE "C" NOT NULL,
    value NUMERIC(18, 4) NOT NULL,
    PRIMARY KEY (model_id, date, metric)
);
