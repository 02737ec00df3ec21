-- Scenarios with their state and versions, models of uplift, the planners' settings, and how new the company's data are.

ALTER TABLE promo_scenarios ADD COLUMN state VARCHAR DEFAULT 'draft';
ALTER TABLE promo_scenarios ADD COLUMN version INTEGER DEFAULT 1;
ALTER TABLE promo_scenarios ADD COLUMN model_version VARCHAR;
ALTER TABLE promo_scenarios ADD COLUMN notes VARCHAR;
ALTER TABLE promo_scenarios ADD COLUMN updated_by VARCHAR;

ALTER TABLE scenario_versions ADD COLUMN label VARCHAR;
ALTER TABLE scenario_versions ADD COLUMN date_range_start DATE;
ALTER TABLE scenario_versions ADD COLUMN date_range_end DATE;
ALTER TABLE scenario_versions ADD COLUMN scenario_type VARCHAR;
ALTER TABLE scenario_versions ADD COLUMN source_opportunity_id UUID;
ALTER TABLE scenario_versions ADD COLUMN notes VARCHAR;
ALTER TABLE scenario_versions ADD COLUMN model_version VARCHAR;
ALTER TABLE scenario_versions ADD COLUMN changes JSON;
ALTER TABLE scenario_versions ADD COLUMN forecast JSON;
ALTER TABLE scenario_versions ADD COLUMN frozen JSON;
ALTER TABLE scenario_versions ADD COLUMN save_id UUID;

CREATE TABLE uplift_models (
    model_version VARCHAR PRIMARY KEY,
    state VARCHAR NOT NULL CHECK (state IN ('active', 'proposed', 'retired')),
    source VARCHAR NOT NULL,
    sales_from DATE,
    sales_to DATE,
    fingerprint VARCHAR NOT NULL,
    details JSON NOT NULL,
    created_by VARCHAR,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    activated_at TIMESTAMPTZ
);

CREATE TABLE uplift_responses (
    model_version VARCHAR NOT NULL,
    department VARCHAR NOT NULL,
    channel VARCHAR NOT NULL CHECK (channel IN ('online', 'offline')),
    response JSON NOT NULL,
    PRIMARY KEY (model_version, department, channel)
);

CREATE TABLE promo_settings (
    version INTEGER PRIMARY KEY,
    settings JSON NOT NULL,
    author VARCHAR,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE company_versions (
    dataset VARCHAR PRIMARY KEY,
    version BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);

-- Of a department without a margin no change of it can be told.
ALTER TABLE uplift_coefficients ALTER COLUMN margin_impact_pct DROP NOT NULL;
