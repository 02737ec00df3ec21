-- Klaviyo entities and events, the stores, the state of their syncs, facts and calendar.
-- Texts are ordered by their bytes (COLLATE "C"), as on every engine of the product. Events name metrics and profiles
-- without a foreign key: an event may come before its metric is known, and is never dropped for it; profiles that
-- nobody has delivered get a stub from the writer, and orphans are found by `promolens doctor`.

CREATE SEQUENCE ingest_seq START 1;

CREATE TABLE stores (
    public_id VARCHAR COLLATE "C" PRIMARY KEY,
    name VARCHAR COLLATE "C" NOT NULL,
    klaviyo_public_id VARCHAR COLLATE "C" UNIQUE,
    status VARCHAR COLLATE "C" NOT NULL DEFAULT 'active',
    api_key_encrypted VARCHAR COLLATE "C",
    oauth_token_encrypted VARCHAR COLLATE "C",
    refresh_token_encrypted VARCHAR COLLATE "C",
    token_expires_at TIMESTAMPTZ,
    timezone VARCHAR COLLATE "C" NOT NULL DEFAULT 'UTC',
    currency VARCHAR COLLATE "C" NOT NULL DEFAULT 'USD',
    locale VARCHAR COLLATE "C",
    country VARCHAR COLLATE "C",
    website_url VARCHAR COLLATE "C",
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
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    key VARCHAR COLLATE "C" NOT NULL,
    value JSONB NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    updated_by VARCHAR COLLATE "C",
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, key)
);

-- Units of `quote` for one unit of `base`, valid from `date` until the next row's date.
CREATE TABLE exchange_rates (
    date DATE NOT NULL,
    base VARCHAR COLLATE "C" NOT NULL,
    quote VARCHAR COLLATE "C" NOT NULL,
    rate NUMERIC(18, 8) NOT NULL CHECK (rate > 0),
    source VARCHAR COLLATE "C",
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (date, base, quote)
);

CREATE TABLE raw_api_responses (
    id BIGSERIAL PRIMARY KEY,
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    endpoint VARCHAR COLLATE "C" NOT NULL,
    response_data JSONB NOT NULL,
    timestamp TIMESTAMPTZ NOT NULL DEFAULT now(),
    api_version VARCHAR COLLATE "C" NOT NULL
);

CREATE TABLE klaviyo_metrics (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    type VARCHAR COLLATE "C",
    description VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    integration_id VARCHAR COLLATE "C",
    integration_name VARCHAR COLLATE "C",
    integration_category VARCHAR COLLATE "C",
    metadata JSONB,
    PRIMARY KEY (klaviyo_public_id, id)
);

CREATE TABLE klaviyo_profiles (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    email VARCHAR COLLATE "C",
    phone_number VARCHAR COLLATE "C",
    external_id VARCHAR COLLATE "C",
    first_name VARCHAR COLLATE "C",
    last_name VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    properties JSONB,
    last_event_date TIMESTAMPTZ,
    location JSONB,
    subscriptions JSONB,
    predictive_analytics JSONB,
    merged_into VARCHAR COLLATE "C",
    deleted_at TIMESTAMPTZ,
    is_stub BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (klaviyo_public_id, id)
);

-- raw_data: the resource as it came, less event_properties, which stand in `properties`.
CREATE TABLE klaviyo_events (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    metric_id VARCHAR COLLATE "C" NOT NULL,
    profile_id VARCHAR COLLATE "C" NOT NULL,
    timestamp TIMESTAMPTZ NOT NULL,
    value NUMERIC(18, 2),
    properties JSONB NOT NULL,
    raw_data JSONB NOT NULL,
    ingest_seq BIGINT NOT NULL,
    PRIMARY KEY (klaviyo_public_id, id, timestamp)
);

-- The message touches to which Klaviyo attributes an event (included with include=attributions).
CREATE TABLE klaviyo_attributions (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    id VARCHAR COLLATE "C" NOT NULL,
    event_id VARCHAR COLLATE "C" NOT NULL,
    attributed_event_id VARCHAR COLLATE "C",
    campaign_id VARCHAR COLLATE "C",
    campaign_message_id VARCHAR COLLATE "C",
    flow_id VARCHAR COLLATE "C",
    flow_message_id VARCHAR COLLATE "C",
    flow_message_variation_id VARCHAR COLLATE "C"
);

CREATE TABLE klaviyo_campaigns (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    campaign_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    status VARCHAR COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ,
    scheduled_at TIMESTAMPTZ,
    sent_at TIMESTAMPTZ,
    channel VARCHAR COLLATE "C",
    archived BOOLEAN NOT NULL DEFAULT false,
    tags TEXT[] COLLATE "C",
    metadata JSONB,
    PRIMARY KEY (klaviyo_public_id, campaign_id)
);

CREATE TABLE klaviyo_campaign_messages (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    message_id VARCHAR COLLATE "C" NOT NULL,
    campaign_id VARCHAR COLLATE "C" NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL,
    label VARCHAR COLLATE "C",
    subject VARCHAR COLLATE "C",
    preview_text VARCHAR COLLATE "C",
    from_email VARCHAR COLLATE "C",
    from_label VARCHAR COLLATE "C",
    send_times JSONB,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSONB,
    PRIMARY KEY (klaviyo_public_id, message_id)
);

CREATE TABLE klaviyo_flows (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    flow_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    status VARCHAR COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    trigger_type VARCHAR COLLATE "C",
    archived BOOLEAN NOT NULL DEFAULT false,
    tags TEXT[] COLLATE "C",
    metadata JSONB,
    PRIMARY KEY (klaviyo_public_id, flow_id)
);

CREATE TABLE klaviyo_flow_actions (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    action_id VARCHAR COLLATE "C" NOT NULL,
    flow_id VARCHAR COLLATE "C" NOT NULL,
    action_type VARCHAR COLLATE "C",
    status VARCHAR COLLATE "C",
    position INTEGER NOT NULL,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSONB,
    PRIMARY KEY (klaviyo_public_id, action_id)
);

-- `position`: the message's place in its flow, from 1.
CREATE TABLE klaviyo_flow_messages (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    message_id VARCHAR COLLATE "C" NOT NULL,
    flow_id VARCHAR COLLATE "C" NOT NULL,
    action_id VARCHAR COLLATE "C",
    position INTEGER,
    name VARCHAR COLLATE "C",
    channel VARCHAR COLLATE "C",
    subject VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSONB,
    PRIMARY KEY (klaviyo_public_id, message_id)
);

CREATE TABLE klaviyo_lists (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    list_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    opt_in_process VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    tags TEXT[] COLLATE "C",
    metadata JSONB,
    PRIMARY KEY (klaviyo_public_id, list_id)
);

CREATE TABLE klaviyo_segments (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    segment_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    is_active BOOLEAN,
    is_starred BOOLEAN,
    is_processing BOOLEAN,
    definition JSONB,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    tags TEXT[] COLLATE "C",
    PRIMARY KEY (klaviyo_public_id, segment_id)
);

CREATE TABLE klaviyo_forms (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    form_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    status VARCHAR COLLATE "C",
    ab_test BOOLEAN,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, form_id)
);

CREATE TABLE klaviyo_form_versions (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    form_version_id VARCHAR COLLATE "C" NOT NULL,
    form_id VARCHAR COLLATE "C" NOT NULL,
    form_type VARCHAR COLLATE "C",
    status VARCHAR COLLATE "C",
    variation_name VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSONB,
    PRIMARY KEY (klaviyo_public_id, form_version_id)
);

CREATE TABLE klaviyo_tags (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    tag_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (klaviyo_public_id, tag_id)
);

CREATE TABLE klaviyo_catalog_items (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    item_id VARCHAR COLLATE "C" NOT NULL,
    external_id VARCHAR COLLATE "C",
    title VARCHAR COLLATE "C",
    description VARCHAR COLLATE "C",
    url VARCHAR COLLATE "C",
    image_url VARCHAR COLLATE "C",
    price NUMERIC(18, 2),
    published BOOLEAN,
    categories TEXT[] COLLATE "C",
    tags TEXT[] COLLATE "C",
    custom_metadata JSONB,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, item_id)
);

CREATE TABLE klaviyo_catalog_variants (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    variant_id VARCHAR COLLATE "C" NOT NULL,
    item_id VARCHAR COLLATE "C",
    external_id VARCHAR COLLATE "C",
    title VARCHAR COLLATE "C",
    sku VARCHAR COLLATE "C",
    price NUMERIC(18, 2),
    inventory_quantity BIGINT,
    published BOOLEAN,
    created_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    metadata JSONB,
    PRIMARY KEY (klaviyo_public_id, variant_id)
);

CREATE TABLE klaviyo_catalog_categories (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    category_id VARCHAR COLLATE "C" NOT NULL,
    external_id VARCHAR COLLATE "C",
    name VARCHAR COLLATE "C",
    updated_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, category_id)
);

CREATE TABLE klaviyo_syncs (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    sync_type VARCHAR COLLATE "C" NOT NULL,
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
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    campaign_id VARCHAR COLLATE "C" NOT NULL,
    campaign_message_id VARCHAR COLLATE "C" NOT NULL,
    send_channel VARCHAR COLLATE "C",
    store_public_ids TEXT[] COLLATE "C",
    campaign_name VARCHAR COLLATE "C",
    subject VARCHAR COLLATE "C",
    tag_names TEXT[] COLLATE "C",
    statistics JSONB,
    updated_at TIMESTAMPTZ,
    PRIMARY KEY (klaviyo_public_id, campaign_id, campaign_message_id)
);

-- `cursor`: how far the current walk has come (committed with each batch). `watermark`: what a finished walk covers.
CREATE TABLE sync_cursors (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    resource VARCHAR COLLATE "C" NOT NULL,
    "partition" VARCHAR COLLATE "C" NOT NULL DEFAULT '',
    cursor JSONB,
    watermark TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, resource, "partition")
);

CREATE TABLE sync_jobs (
    job_id VARCHAR COLLATE "C" PRIMARY KEY,
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    kind VARCHAR COLLATE "C" NOT NULL DEFAULT 'sync',
    state VARCHAR COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    started_by VARCHAR COLLATE "C",
    resource VARCHAR COLLATE "C",
    progress DOUBLE PRECISION,
    counts JSONB,
    rejects JSONB,
    notes JSONB,
    error VARCHAR COLLATE "C",
    cancel_requested BOOLEAN NOT NULL DEFAULT false,
    lease_owner VARCHAR COLLATE "C",
    lease_until TIMESTAMPTZ,
    heartbeat_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ
);

-- Which spooled chunks are in: a chunk that comes twice is a no-op.
CREATE TABLE loaded_chunks (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    job_id VARCHAR COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    loaded_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, job_id, seq)
);

-- Calls of the report endpoints, for the daily quota.
CREATE TABLE report_calls (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    endpoint VARCHAR COLLATE "C" NOT NULL,
    called_at TIMESTAMPTZ NOT NULL
);

-- What a load touched and no aggregate has taken in yet.
CREATE TABLE touched (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    dataset VARCHAR COLLATE "C" NOT NULL,
    kind VARCHAR COLLATE "C" NOT NULL,
    key VARCHAR COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL
);

-- `basis`: the settings (metrics, zone, currency, rates) that the projected rows rest on; other ones need a rebuild.
CREATE TABLE projection_watermarks (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    projection VARCHAR COLLATE "C" NOT NULL,
    ingest_seq BIGINT NOT NULL,
    basis VARCHAR COLLATE "C" NOT NULL DEFAULT '',
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, projection)
);

-- Part of every cache key. `publishing` is true while an engine without transactions puts new figures in place.
CREATE TABLE data_versions (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    dataset VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    publishing BOOLEAN NOT NULL DEFAULT false,
    as_of TIMESTAMPTZ,
    changed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (klaviyo_public_id, dataset)
);

-- `value_count`: events that carry a value; the average is theirs. Weeks and months are rolled up from days.
CREATE TABLE klaviyo_aggregated_metrics (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    metric_id VARCHAR COLLATE "C" NOT NULL,
    time_bucket TIMESTAMPTZ NOT NULL,
    bucket_size VARCHAR COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    sum_value NUMERIC(18, 2) NOT NULL,
    min_value NUMERIC(18, 2),
    max_value NUMERIC(18, 2),
    avg_value NUMERIC(18, 2),
    value_count BIGINT NOT NULL,
    PRIMARY KEY (klaviyo_public_id, metric_id, time_bucket, bucket_size)
);

CREATE TABLE fact_revenue (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    date DATE NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL,
    revenue NUMERIC(18, 2) NOT NULL,
    order_count BIGINT NOT NULL,
    customer_count BIGINT NOT NULL,
    PRIMARY KEY (klaviyo_public_id, date, channel)
);

CREATE TABLE fact_engagement (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    date DATE NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL,
    metric_type VARCHAR COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    rate NUMERIC(18, 2),
    PRIMARY KEY (klaviyo_public_id, date, channel, metric_type)
);

CREATE TABLE fact_conversions (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    date DATE NOT NULL,
    source_type VARCHAR COLLATE "C" NOT NULL,
    source_id VARCHAR COLLATE "C" NOT NULL,
    conversions BIGINT NOT NULL,
    revenue NUMERIC(18, 2) NOT NULL,
    PRIMARY KEY (klaviyo_public_id, date, source_type, source_id)
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
    country VARCHAR COLLATE "C" NOT NULL,
    date DATE NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (country, date, name)
);

CREATE TABLE annotations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    klaviyo_public_id VARCHAR COLLATE "C",
    date_start DATE NOT NULL,
    date_end DATE NOT NULL,
    note VARCHAR COLLATE "C" NOT NULL,
    created_by VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (date_end >= date_start)
);

CREATE TABLE saved_views (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    klaviyo_public_id VARCHAR COLLATE "C",
    name VARCHAR COLLATE "C" NOT NULL,
    page VARCHAR COLLATE "C" NOT NULL,
    filters JSONB NOT NULL,
    owner VARCHAR COLLATE "C" NOT NULL,
    shared BOOLEAN NOT NULL DEFAULT false,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE grants (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    person VARCHAR COLLATE "C" NOT NULL,
    role VARCHAR COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'marketer', 'planner', 'approver', 'admin')),
    klaviyo_public_id VARCHAR COLLATE "C",
    pii BOOLEAN NOT NULL DEFAULT false,
    granted_by VARCHAR COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE audit_log (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    happened_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    actor VARCHAR COLLATE "C" NOT NULL,
    action VARCHAR COLLATE "C" NOT NULL,
    object_type VARCHAR COLLATE "C" NOT NULL,
    object_id VARCHAR COLLATE "C",
    klaviyo_public_id VARCHAR COLLATE "C",
    before_value JSONB,
    after_value JSONB
);

-- Document functions by the names that the embedded engine gives them, for statements that serve both.
CREATE FUNCTION json_extract(document JSONB, path TEXT) RETURNS JSONB
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT jsonb_path_query_first(document, path::jsonpath) $$;

CREATE FUNCTION json_extract(document TEXT, path TEXT) RETURNS JSONB
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT jsonb_path_query_first(document::jsonb, path::jsonpath) $$;

-- A value of a document as text; a number with decimals as a double is written, as on the embedded engine.
CREATE FUNCTION json_text(document JSONB) RETURNS TEXT
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT CASE
            WHEN jsonb_typeof(document) <> 'number' THEN document #>> '{}'
            WHEN strpos(document #>> '{}', '.') = 0 THEN document #>> '{}'
            WHEN (document #>> '{}')::float8::text ~ '[.e]' THEN (document #>> '{}')::float8::text
            ELSE (document #>> '{}')::float8::text || '.0'
        END
    $$;

CREATE FUNCTION json_extract_string(document JSONB, path TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT json_text(jsonb_path_query_first(document, path::jsonpath)) $$;

-- The entries of an array as texts; NULL for anything else.
CREATE FUNCTION json_texts(document JSONB) RETURNS TEXT[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT CASE WHEN jsonb_typeof(document) = 'array' THEN ARRAY(
            SELECT json_text(entry) FROM jsonb_array_elements(document) WITH ORDINALITY AS e (entry, place) ORDER BY place
        ) END
    $$;

-- A text as a number of that many digits, rounded half away from zero; NULL where it is none, or does not fit.
CREATE FUNCTION try_decimal(told TEXT, digits INTEGER, decimals INTEGER) RETURNS NUMERIC
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    DECLARE
        found NUMERIC;
    BEGIN
        IF told !~ '^\s*[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$' THEN
            RETURN NULL;
        END IF;
        found := round(replace(told, '_', '')::numeric, decimals);
        RETURN CASE WHEN abs(found) < 10::numeric ^ (digits - decimals) THEN found END;
    END
    $$;

-- A text as a whole number, rounded half to even; NULL where it is none.
CREATE FUNCTION try_bigint(told TEXT) RETURNS BIGINT
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    DECLARE
        found NUMERIC := try_decimal(told, 60, 20);
    BEGIN
        RETURN CASE WHEN abs(found) < 9200000000000000000 THEN found::float8::bigint END;
    END
    $$;

-- A double as money, rounded half away from zero; NULL where it does not fit into 15 digits.
CREATE FUNCTION money_of(amount DOUBLE PRECISION) RETURNS NUMERIC
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT CASE WHEN abs(amount) < 10000000000000
            THEN (sign(amount) * floor(abs(amount) * 100 + 0.5))::numeric(18, 0) * 0.01 END
    $$;

-- A part of an address with its %xx undone; as it is where that gives no text.
CREATE FUNCTION url_decode(told TEXT) RETURNS TEXT
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    BEGIN
        IF strpos(told, '%') = 0 THEN
            RETURN told;
        END IF;
        RETURN (
            SELECT convert_from(string_agg(
                CASE WHEN part[1] ~ '^%[0-9A-Fa-f]{2}$' THEN decode(substr(part[1], 2), 'hex')
                     ELSE convert_to(part[1], 'UTF8') END, ''::bytea ORDER BY place), 'UTF8')
            FROM regexp_matches(told, '%[0-9A-Fa-f]{2}|[^%]+|%', 'g') WITH ORDINALITY AS m (part, place)
        );
    EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character OR invalid_text_representation THEN
        RETURN told;
    END
    $$;

-- Small letters by Unicode's own table where the server has one, whatever the database's locale.
DO $$
DECLARE
    chosen TEXT := (
        SELECT quote_ident(collname) FROM pg_collation
        WHERE collname IN ('pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu') AND collencoding IN (-1, 6)
        ORDER BY array_position(ARRAY['pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu']::name[], collname)
        LIMIT 1
    );
BEGIN
    EXECUTE format(
        'CREATE FUNCTION lower_text(told TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE '
        'AS ''SELECT lower(told COLLATE %s) COLLATE "C"''',
        coalesce(chosen, '"default"')
    );
END
$$;
