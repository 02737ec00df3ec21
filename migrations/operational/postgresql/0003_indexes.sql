-- The indexes that the design names, and those that the writer's own lookups need.

CREATE INDEX idx_raw_api_responses_endpoint_timestamp ON raw_api_responses (endpoint, timestamp);
CREATE INDEX idx_klaviyo_metrics_name ON klaviyo_metrics (name);
CREATE INDEX idx_klaviyo_events_metric_timestamp ON klaviyo_events (metric_id, timestamp DESC);
CREATE INDEX idx_klaviyo_events_profile_timestamp ON klaviyo_events (profile_id, timestamp DESC);
CREATE INDEX idx_klaviyo_profiles_email ON klaviyo_profiles (email);
CREATE INDEX idx_klaviyo_profiles_phone ON klaviyo_profiles (phone_number);
CREATE INDEX idx_fact_revenue_channel_date ON fact_revenue (channel, date);
CREATE INDEX idx_fact_engagement_metric_date ON fact_engagement (metric_type, date);
CREATE INDEX idx_forecast_predictions_model_date ON forecast_predictions (model_id, date);

-- The feed of one account in its order; the days that a work list names; the touches of an event.
CREATE INDEX idx_klaviyo_events_feed ON klaviyo_events (klaviyo_public_id, ingest_seq);
CREATE INDEX idx_klaviyo_events_account_timestamp ON klaviyo_events (klaviyo_public_id, timestamp);
CREATE INDEX idx_klaviyo_attributions_event ON klaviyo_attributions (klaviyo_public_id, event_id);
CREATE INDEX idx_klaviyo_profiles_merged ON klaviyo_profiles (klaviyo_public_id, merged_into)
    WHERE merged_into IS NOT NULL;
CREATE INDEX idx_touched_account ON touched (klaviyo_public_id, kind, seq);
CREATE INDEX idx_report_calls_account ON report_calls (klaviyo_public_id, called_at);
CREATE INDEX idx_sync_jobs_account ON sync_jobs (klaviyo_public_id, created_at DESC);
CREATE INDEX idx_audit_log_happened ON audit_log (happened_at);

CREATE INDEX idx_sales_date ON sales_aggregated (date);
CREATE INDEX idx_sales_channel ON sales_aggregated (channel);
CREATE INDEX idx_sales_department ON sales_aggregated (department);
CREATE INDEX idx_sales_promo ON sales_aggregated (promo_flag);
CREATE INDEX idx_sales_date_channel ON sales_aggregated (date, channel);
CREATE INDEX idx_sales_date_department ON sales_aggregated (date, department);

CREATE INDEX idx_scenarios_date_range ON promo_scenarios (date_range_start, date_range_end);
CREATE INDEX idx_scenarios_type ON promo_scenarios (scenario_type);
CREATE INDEX idx_scenarios_created_at ON promo_scenarios (created_at);
CREATE INDEX idx_kpis_scenario ON scenario_kpis (scenario_id);
CREATE INDEX idx_kpis_period ON scenario_kpis (period_start, period_end);
CREATE INDEX idx_validation_status ON validation_reports (status);
CREATE INDEX idx_validation_scenario ON validation_reports (scenario_id);
CREATE INDEX idx_postmortem_scenario ON post_mortem_reports (scenario_id);
CREATE INDEX idx_postmortem_period ON post_mortem_reports (period_start, period_end);
CREATE INDEX idx_creative_scenario ON creative_briefs (scenario_id);
CREATE INDEX idx_uplift_department ON uplift_coefficients (department);
CREATE INDEX idx_uplift_channel ON uplift_coefficients (channel);
CREATE INDEX idx_uplift_version ON uplift_coefficients (model_version);
CREATE INDEX idx_jobs_status ON data_processing_jobs (status);
CREATE INDEX idx_jobs_created_at ON data_processing_jobs (created_at);
CREATE INDEX idx_targets_month ON targets (month);
CREATE INDEX idx_targets_geo ON targets (geo);
CREATE INDEX idx_promo_dates ON promo_catalog (date_start, date_end);
CREATE INDEX idx_promo_departments ON promo_catalog USING gin (departments);
CREATE INDEX idx_promo_source_file ON promo_catalog (source_file);

-- At most one model of a series is active; a series of the workbooks has no account.
CREATE UNIQUE INDEX idx_forecast_models_active ON forecast_models
    (coalesce(klaviyo_public_id, ''), world, coalesce(channel, ''), coalesce(department, ''), metric_name)
    WHERE active;
