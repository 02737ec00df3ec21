-- Klaviyo entities and events, the stores, the state of their syncs, facts and calendar.
-- DuckDB: no foreign keys (the writer checks them) and no unique index on what is loaded in bulk: the load joins
-- against what is there, which costs less than keeping an index for each row.

CREATE SEQUENCE ingest_seq START 1;
CREATE SEQUENCE raw_api_responses_id START 1;

CREATE TABLE stores (
    public_id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    klaviyo_public_id VARCHAR UNIQUE,
    status VARCHAR NOT NULL DEFAULT 'active',
    api_key_encrypted VARCHAR,
    oauth_token_encrypted VARCHAR,
    refresh_token_encrypted VARCHAR,
    token_expires_at TIMESTAMPTZ,
    timezone VARCHAR NOT NULL DEFAULT 'UTC',
    currency VARCHAR NOT NULL DEFAULT 'USD',
    locale VARCHAR,
    country VARCHAR,
    website_url VARCHAR,
    is_updating_dashboard BOOLEAN NOT NULL DEFAULT false,
    campaign_values_last_update TIMESTAMPTZ,
    segment_values_last_update TIMESTAMPTZ,
    flow_values_last_update TIMESTAMPTZ,
    form_values_last_update TIMESTAMPTZ,
    placed_order_last_update TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- One value a row; `version` grows with each save, so that a second editor is told instead of overwriting.
CREATE TABLE settings (
    klaviyo_public_id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    value JSON NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    updated_by VARCHAR,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, key)
);

-- Units of `quote` for one unit of `base`, valid from `date` until the next row's date.
CREATE TABLE exchange_rates (
    date DATE NOT NULL,
    base VARCHAR NOT NULL,
    quote VARCHAR NOT NULL,
    rate DECIMAL(18, 8) NOT NULL CHECK (rate > 0),
    source VARCHAR,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (date, base, quote)
);

CREATE TABLE raw_api_responses (
    id BIGINT PRIMARY KEY DEFAULT nextval('raw_api_responses_id'),
    klaviyo_public_id VARCHAR NOT NULL,
    endpoint VARCHAR NOT NULL,
    response_data JSON NOT NULL USING COMPRESSION zstd,
    timestamp TIMESTAMPTZ NOT NULL DEFAULT now(),
    api_version VARCHAR NOT NULL
);

CREATE TABLE klaviyo_metrics (
    klaviyo_public_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    type VARCHAR,
    description VARCHAR,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    integration_id VARCHAR,
    integration_name VARCHAR,
    integration_category VARCHAR,
    metadata JSON,
    PRIMARY KEY (klaviyo_public_id, id)
);

CREATE TABLE klaviyo_profiles (
    klaviyo_public_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    email VARCHAR,
    phone_number VARCHAR,
    external_id VARCHAR,
    first_name VARCHAR,
    last_name VARCHAR,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    properties JSON,
    last_event_date TIMESTAMPTZ,
    location JSON,
    subscriptions JSON,
    predictive_analytics JSON,
    merged_into VARCHAR,
    deleted_at TIMESTAMPTZ,
    is_stub BOOLEAN NOT NULL DEFAULT false
);

-- raw_data: the resource as it came, less event_properties, which stand in `properties`.
CREATE TABLE klaviyo_events (
    klaviyo_public_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    metric_id VARCHAR NOT NULL,
    profile_id VARCHAR NOT NULL,
    timestamp TIMESTAMPTZ NOT NULL,
    value DECIMAL(18, 2),
    properties JSON NOT NULL USING COMPRESSION zstd,
    raw_data JSON NOT NULL USING COMPRESSION zstd,
    ingest_seq BIGINT NOT NULL
);

-- The message touches to which Klaviyo attributes an event (included with include=attributions).
CREATE TABLE klaviyo_attributions (
    klaviyo_public_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    attributed_event_id VARCHAR,
    campaign_id VARCHAR,
    campaign_message_id VARCHAR,
    flow_id VARCHAR,
    flow_message_id VARCHAR,
    flow_message_variation_id VARCHAR
);

CREATE TABLE klaviyo_campaigns (
    klaviyo_public_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ,
    scheduled_at TIMESTAMPTZ,
    sent_at TIMESTAMPTZ,
    channel VARCHAR,
    archived BOOLEAN NOT NULL DEFAULT false,
    tags VARCHAR[],
    metadata JSON,
    PRIMARY KEY (klaviyo_public_id, campaign_id)
);

CREATE TABLE klaviyo_campaign_messages (
    klaviyo_public_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    label VARCHAR,
    subject VARCHAR,
    preview_text VARCHAR,
    from_email VARCHAR,
    from_label VARCHAR,
    send_times JSON,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSON,
    PRIMARY KEY (klaviyo_public_id, message_id)
);

CREATE TABLE klaviyo_flows (
    klaviyo_public_id VARCHAR NOT NULL,
    flow_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    trigger_type VARCHAR,
    archived BOOLEAN NOT NULL DEFAULT false,
    tags VARCHAR[],
    metadata JSON,
    PRIMARY KEY (klaviyo_public_id, flow_id)
);

CREATE TABLE klaviyo_flow_actions (
    klaviyo_public_id VARCHAR NOT NULL,
    action_id VARCHAR NOT NULL,
    flow_id VARCHAR NOT NULL,
    action_type VARCHAR,
    status VARCHAR,
    position INTEGER NOT NULL,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSON,
    PRIMARY KEY (klaviyo_public_id, action_id)
);

-- `position`: the message's place in its flow, from 1.
CREATE TABLE klaviyo_flow_messages (
    klaviyo_public_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    flow_id VARCHAR NOT NULL,
    action_id VARCHAR,
    position INTEGER,
    name VARCHAR,
    channel VARCHAR,
    subject VARCHAR,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSON,
    PRIMARY KEY (klaviyo_public_id, message_id)
);

CREATE TABLE klaviyo_lists (
    klaviyo_public_id VARCHAR NOT NULL,
    list_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    opt_in_process VARCHAR,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    tags VARCHAR[],
    metadata JSON,
    PRIMARY KEY (klaviyo_public_id, list_id)
);

CREATE TABLE klaviyo_segments (
    klaviyo_public_id VARCHAR NOT NULL,
    segment_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    is_active BOOLEAN,
    is_starred BOOLEAN,
    is_processing BOOLEAN,
    definition JSON,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    tags VARCHAR[],
    PRIMARY KEY (klaviyo_public_id, segment_id)
);

CREATE TABLE klaviyo_forms (
    klaviyo_public_id VARCHAR NOT NULL,
    form_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    status VARCHAR,
    ab_test BOOLEAN,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, form_id)
);

CREATE TABLE klaviyo_form_versions (
    klaviyo_public_id VARCHAR NOT NULL,
    form_version_id VARCHAR NOT NULL,
    form_id VARCHAR NOT NULL,
    form_type VARCHAR,
    status VARCHAR,
    variation_name VARCHAR,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSON,
    PRIMARY KEY (klaviyo_public_id, form_version_id)
);

CREATE TABLE klaviyo_tags (
    klaviyo_public_id VARCHAR NOT NULL,
    tag_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    PRIMARY KEY (klaviyo_public_id, tag_id)
);

CREATE TABLE klaviyo_catalog_items (
    klaviyo_public_id VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL,
    external_id VARCHAR,
    title VARCHAR,
    description VARCHAR,
    url VARCHAR,
    image_url VARCHAR,
    price DECIMAL(18, 2),
    published BOOLEAN,
    categories VARCHAR[],
    tags VARCHAR[],
    custom_metadata JSON,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, item_id)
);

CREATE TABLE klaviyo_catalog_variants (
    klaviyo_public_id VARCHAR NOT NULL,
    variant_id VARCHAR NOT NULL,
    item_id VARCHAR,
    external_id VARCHAR,
    title VARCHAR,
    sku VARCHAR,
    price DECIMAL(18, 2),
    inventory_quantity BIGINT,
    published BOOLEAN,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSON,
    PRIMARY KEY (klaviyo_public_id, variant_id)
);

CREATE TABLE klaviyo_catalog_categories (
    klaviyo_public_id VARCHAR NOT NULL,
    category_id VARCHAR NOT NULL,
    external_id VARCHAR,
    name VARCHAR,
    updated_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, category_id)
);

CREATE TABLE klaviyo_syncs (
    klaviyo_public_id VARCHAR NOT NULL,
    sync_type VARCHAR NOT NULL,
    campaigns_last_sync TIMESTAMPTZ,
    flows_last_sync TIMESTAMPTZ,
    forms_last_sync TIMESTAMPTZ,
    segments_last_sync TIMESTAMPTZ,
    events_last_sync TIMESTAMPTZ,
    profiles_last_sync TIMESTAMPTZ,
    metrics_last_sync TIMESTAMPTZ,
    lists_last_sync TIMESTAMPTZ,
    tags_last_sync TIMESTAMPTZ,
    catalog_last_sync TIMESTAMPTZ,
    aggregates_last_sync TIMESTAMPTZ,
    campaign_aggregates_last_run TIMESTAMPTZ,
    customer_profiles_last_run TIMESTAMPTZ,
    product_analytics_last_run TIMESTAMPTZ,
    product_relationships_last_run TIMESTAMPTZ,
    account_metrics_last_run TIMESTAMPTZ,
    facts_last_run TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, sync_type)
);

-- Campaign figures of an earlier system: filled by its importer, read only.
CREATE TABLE campaignstats (
    klaviyo_public_id VARCHAR NOT NULL,
    campaign_id VARCHAR NOT NULL,
    campaign_message_id VARCHAR NOT NULL,
    send_channel VARCHAR,
    store_public_ids VARCHAR[],
    campaign_name VARCHAR,
    subject VARCHAR,
    tag_names VARCHAR[],
    statistics JSON,
    updated_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, campaign_id, campaign_message_id)
);

-- `cursor`: how far the current walk has come (committed with each batch). `watermark`: what a finished walk covers.
CREATE TABLE sync_cursors (
    klaviyo_public_id VARCHAR NOT NULL,
    resource VARCHAR NOT NULL,
    "partition" VARCHAR NOT NULL DEFAULT '',
    cursor JSON,
    watermark TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, resource, "partition")
);

CREATE TABLE sync_jobs (
    job_id VARCHAR PRIMARY KEY,
    klaviyo_public_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL DEFAULT 'sync',
    state VARCHAR NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    started_by VARCHAR,
    resource VARCHAR,
    progress DOUBLE,
    counts JSON,
    rejects JSON,
    notes JSON,
    error VARCHAR,
    cancel_requested BOOLEAN NOT NULL DEFAULT false,
    lease_owner VARCHAR,
    lease_until TIMESTAMPTZ,
    heartbeat_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ
);

-- Which spooled chunks are in: a chunk that comes twice is a no-op.
CREATE TABLE loaded_chunks (
    klaviyo_public_id VARCHAR NOT NULL,
    job_id VARCHAR NOT NULL,
    seq BIGINT NOT NULL,
    loaded_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, job_id, seq)
);

-- Calls of the report endpoints, for the daily quota.
CREATE TABLE report_calls (
    klaviyo_public_id VARCHAR NOT NULL,
    endpoint VARCHAR NOT NULL,
    called_at TIMESTAMPTZ NOT NULL
);

-- What a load touched and no aggregate has taken in yet.
CREATE TABLE touched (
    klaviyo_public_id VARCHAR NOT NULL,
    dataset VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    seq BIGINT NOT NULL
);

-- `basis`: the settings (metrics, zone, currency, rates) that the projected rows rest on; other ones need a rebuild.
CREATE TABLE projection_watermarks (
    klaviyo_public_id VARCHAR NOT NULL,
    projection VARCHAR NOT NULL,
    ingest_seq BIGINT NOT NULL,
    basis VARCHAR NOT NULL DEFAULT '',
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, projection)
);

-- Part of every cache key. `publishing` is true while an engine without transactions puts new figures in place.
CREATE TABLE data_versions (
    klaviyo_public_id VARCHAR NOT NULL,
    dataset VARCHAR NOT NULL,
    version BIGINT NOT NULL,
    publishing BOOLEAN NOT NULL DEFAULT false,
    as_of TIMESTAMPTZ,
    changed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, dataset)
);

-- `value_count`: events that carry a value; the average is theirs. Weeks and months are rolled up from days.
CREATE TABLE klaviyo_aggregated_metrics (
    klaviyo_public_id VARCHAR NOT NULL,
    metric_id VARCHAR NOT NULL,
    time_bucket TIMESTAMPTZ NOT NULL,
    bucket_size VARCHAR NOT NULL,
    count BIGINT NOT NULL,
    sum_value DECIMAL(18, 2) NOT NULL,
    min_value DECIMAL(18, 2),
    max_value DECIMAL(18, 2),
    avg_value DECIMAL(18, 2),
    value_count BIGINT NOT NULL
);

CREATE TABLE fact_revenue (
    klaviyo_public_id VARCHAR NOT NULL,
    date DATE NOT NULL,
    channel VARCHAR NOT NULL,
    revenue DECIMAL(18, 2) NOT NULL,
    order_count BIGINT NOT NULL,
    customer_count BIGINT NOT NULL
);

CREATE TABLE fact_engagement (
    klaviyo_public_id VARCHAR NOT NULL,
    date DATE NOT NULL,
    channel VARCHAR NOT NULL,
    metric_type VARCHAR NOT NULL,
    count BIGINT NOT NULL,
    rate DECIMAL(18, 2)
);

CREATE TABLE fact_conversions (
    klaviyo_public_id VARCHAR NOT NULL,
    date DATE NOT NULL,
    source_type VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    conversions BIGINT NOT NULL,
    revenue DECIMAL(18, 2) NOT NULL
);

CREATE TABLE dim_time (
    date DATE PRIMARY KEY,
    year INTEGER NOT NULL,
    month INTEGER NOT NULL,
    day INTEGER NOT NULL,
    day_of_week INTEGER NOT NULL,
    week_of_year INTEGER NOT NULL,
    is_weekend BOOLEAN NOT NULL,
    is_holiday BOOLEAN NOT NULL
);

CREATE TABLE holidays (
    country VARCHAR NOT NULL,
    date DATE NOT NULL,
    name VARCHAR NOT NULL,
    PRIMARY KEY (country, date, name)
);

CREATE TABLE annotations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    klaviyo_public_id VARCHAR,
    date_start DATE NOT NULL,
    date_end DATE NOT NULL,
    note VARCHAR NOT NULL,
    created_by VARCHAR,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (date_end >= date_start)
);

CREATE TABLE saved_views (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    klaviyo_public_id VARCHAR,
    name VARCHAR NOT NULL,
    page VARCHAR NOT NULL,
    filters JSON NOT NULL,
    owner VARCHAR NOT NULL,
    shared BOOLEAN NOT NULL DEFAULT false,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE grants (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    person VARCHAR NOT NULL,
    role VARCHAR NOT NULL CHECK (role IN ('viewer', 'marketer', 'planner', 'approver', 'admin')),
    klaviyo_public_id VARCHAR,
    pii BOOLEAN NOT NULL DEFAULT false,
    granted_by VARCHAR,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE audit_log (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    happened_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    object_type VARCHAR NOT NULL,
    object_id VARCHAR,
    klaviyo_public_id VARCHAR,
    before_value JSON,
    after_value JSON
);
