-- Scenarios with their state and versions, models of uplift, the planners' settings, and how new the company's data are.

ALTER TABLE promo_scenarios
    ADD COLUMN state VARCHAR COLLATE "C" DEFAULT 'draft'
        CHECK (state IN ('draft', 'submitted', 'approved', 'rejected', 'archived')),
    ADD COLUMN version INTEGER DEFAULT 1,
    ADD COLUMN model_version VARCHAR COLLATE "C",
    ADD COLUMN notes VARCHAR COLLATE "C",
    ADD COLUMN updated_by VARCHAR COLLATE "C";

ALTER TABLE scenario_versions
    ADD COLUMN label VARCHAR COLLATE "C",
    ADD COLUMN date_range_start DATE,
    ADD COLUMN date_range_end DATE,
    ADD COLUMN scenario_type VARCHAR COLLATE "C",
    ADD COLUMN source_opportunity_id UUID,
    ADD COLUMN notes VARCHAR COLLATE "C",
    ADD COLUMN model_version VARCHAR COLLATE "C",
    ADD COLUMN changes JSONB,
    ADD COLUMN forecast JSONB,
    ADD COLUMN frozen JSONB,
    ADD COLUMN save_id UUID UNIQUE;

CREATE TABLE uplift_models (
    model_version VARCHAR COLLATE "C" PRIMARY KEY,
    state VARCHAR COLLATE "C" NOT NULL CHECK (state IN ('active', 'proposed', 'retired')),
    source VARCHAR COLLATE "C" NOT NULL,
    sales_from DATE,
    sales_to DATE,
    fingerprint VARCHAR COLLATE "C" NOT NULL,
    details JSONB NOT NULL,
    created_by VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    activated_at TIMESTAMPTZ
);

-- One model is in force.
CREATE UNIQUE INDEX uplift_models_active ON uplift_models (state) WHERE state = 'active';

CREATE TABLE uplift_responses (
    model_version VARCHAR COLLATE "C" NOT NULL REFERENCES uplift_models (model_version) ON DELETE CASCADE,
    department VARCHAR COLLATE "C" NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL CHECK (channel IN ('online', 'offline')),
    response JSONB NOT NULL,
    PRIMARY KEY (model_version, department, channel)
);

CREATE TABLE promo_settings (
    version INTEGER PRIMARY KEY,
    settings JSONB NOT NULL,
    author VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE company_versions (
    dataset VARCHAR COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);

-- Of a department without a margin no change of it can be told.
ALTER TABLE uplift_coefficients ALTER COLUMN margin_impact_pct DROP NOT NULL;
