-- purpose: what each role may do with each table of this database, and which rows it sees; what stood before is taken
-- purpose: away first, so that it can be run again at any time, and is after each migration
-- grain: one row a table: how its rows are guarded, whether analytics_reader reads it, personal columns (pii_reader reads
-- grain: them too), secret columns (etl_writer alone), what etl_writer may, what promo_planner may beside reading
DO $$
DECLARE
    place RECORD;
    shown TEXT;
    seen TEXT;
    everything CONSTANT TEXT := 'SELECT, INSERT, UPDATE, DELETE';
    by_account CONSTANT TEXT := 'klaviyo_public_id = ANY ((SELECT visible_accounts())::text[])';
BEGIN
    -- Before PostgreSQL 15 everybody may make tables in the schema.
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO analytics_reader, etl_writer', current_schema());
    IF NOT has_database_privilege('etl_writer', current_database(), 'TEMPORARY') THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO etl_writer', current_database());
    END IF;
    FOR place IN
        SELECT c.oid::regclass AS held FROM pg_class AS c
        WHERE c.relkind = 'S' AND c.relnamespace = current_schema()::regnamespace
            AND c.relowner = (SELECT s.relowner FROM pg_class AS s WHERE s.oid = 'stores'::regclass)
    LOOP
        EXECUTE format('GRANT USAGE, SELECT, UPDATE ON %s TO etl_writer', place.held);
    END LOOP;
    FOR place IN
        SELECT w.*, c.oid::regclass AS held, c.relkind IN ('r', 'p') AS is_table
        FROM (VALUES
            -- one account's rows
            ('annotations', 'account or all', true, '', '', everything, 'INSERT, UPDATE'),
            ('campaignstats', 'account', true, '', '', everything, ''),
            ('contact_weeks', 'account', true, '', '', everything, ''),
            ('data_versions', 'account', true, '', '', everything, ''),
            ('derived_states', 'account', true, '', '', everything, ''),
            ('fact_conversions', 'account', true, '', '', everything, ''),
            ('fact_engagement', 'account', true, '', '', everything, ''),
            ('fact_revenue', 'account', true, '', '', everything, ''),
            ('forecast_models', 'account or all', true, '', '', everything, ''),
            ('forecast_predictions', 'model', true, '', '', everything, ''),
            ('holdout_arms', 'account', true, '', '', everything, ''),
            ('holdout_contacts', 'account', true, '', '', everything, ''),
            ('holdouts', 'account', true, '', '', everything, ''),
            ('klaviyo_aggregated_metrics', 'account', true, '', '', everything, ''),
            ('klaviyo_attributions', 'account', true, '', '', everything, ''),
            ('klaviyo_campaign_messages', 'account', true, '', '', everything, ''),
            ('klaviyo_campaigns', 'account', true, '', '', everything, ''),
            ('klaviyo_catalog_categories', 'account', true, '', '', everything, ''),
            ('klaviyo_catalog_items', 'account', true, '', '', everything, ''),
            ('klaviyo_catalog_variants', 'account', true, '', '', everything, ''),
            ('klaviyo_events', 'account', true, 'properties, raw_data', '', everything, ''),
            ('klaviyo_flow_actions', 'account', true, '', '', everything, ''),
            ('klaviyo_flow_messages', 'account', true, '', '', everything, ''),
            ('klaviyo_flows', 'account', true, '', '', everything, ''),
            ('klaviyo_form_versions', 'account', true, '', '', everything, ''),
            ('klaviyo_forms', 'account', true, '', '', everything, ''),
            ('klaviyo_lists', 'account', true, '', '', everything, ''),
            ('klaviyo_metrics', 'account', true, '', '', everything, ''),
            ('klaviyo_profiles', 'account', true,
                'email, phone_number, external_id, first_name, last_name, properties, location', '', everything, ''),
            ('klaviyo_segments', 'account', true, '', '', everything, ''),
            ('klaviyo_syncs', 'account', true, '', '', everything, ''),
            ('klaviyo_tags', 'account', true, '', '', everything, ''),
            ('list_sizes', 'account', true, '', '', everything, ''),
            ('mailbox_days', 'account', true, '', '', everything, ''),
            ('message_days', 'account', true, '', '', everything, ''),
            ('model_performance', 'model', true, '', '', everything, ''),
            ('order_loads', 'account', true, '', '', everything, ''),
            ('reachable_profiles', 'account', true, '', '', everything, ''),
            ('saved_views', 'account or all', true, '', '', everything, ''),
            ('settings', 'account', true, '', '', everything, ''),
            ('stores', 'account', true, '', 'api_key_encrypted, oauth_token_encrypted, refresh_token_encrypted', everything, ''),
            ('sync_cursors', 'account', true, '', '', everything, ''),
            ('sync_jobs', 'account', true, '', '', everything, ''),
            -- everybody's
            ('dim_time', '', true, '', '', everything, ''),
            ('exchange_rates', '', true, '', '', everything, ''),
            ('holidays', '', true, '', '', everything, ''),
            -- the company's
            ('brief_versions', '', true, '', '', 'SELECT', 'SELECT, INSERT'),
            ('company_versions', '', true, '', '', everything, 'SELECT, INSERT, UPDATE'),
            ('creative_briefs', '', true, '', '', 'SELECT', everything),
            ('data_processing_jobs', '', true, '', '', everything, ''),
            ('opportunities', '', true, '', '', everything, everything),
            ('post_mortem_reports', '', true, '', '', 'SELECT, DELETE', 'SELECT, INSERT, UPDATE'),
            ('promo_catalog', '', true, '', '', everything, 'SELECT, INSERT, UPDATE'),
            ('promo_scenarios', '', true, '', '', 'SELECT', 'SELECT, INSERT, UPDATE'),
            ('promo_settings', '', true, '', '', 'SELECT', 'SELECT, INSERT'),
            ('sales_aggregated', '', true, '', '', everything, ''),
            ('sales_daily_summary', '', true, '', '', 'SELECT', ''),
            ('scenario_comparison_view', '', true, '', '', 'SELECT', ''),
            ('scenario_kpis', '', true, '', '', 'SELECT, DELETE', 'SELECT, INSERT, UPDATE'),
            ('scenario_versions', '', true, '', '', 'SELECT', 'SELECT, INSERT'),
            ('segments', '', true, '', '', everything, ''),
            ('targets', '', true, '', '', everything, everything),
            ('uplift_coefficients', '', true, '', '', everything, ''),
            ('uplift_models', '', true, '', '', everything, ''),
            ('uplift_responses', '', true, '', '', everything, ''),
            ('validation_reports', '', true, '', '', 'SELECT', 'SELECT, INSERT, UPDATE'),
            -- the machinery's
            ('audit_log', '', false, '', '', 'SELECT, INSERT', 'INSERT'),
            ('derived_work', '', false, '', '', everything, ''),
            ('forgotten', '', false, '', '', everything, ''),
            ('grants', '', false, '', '', 'SELECT', ''),
            ('holdout_people', '', false, '', '', everything, ''),
            ('klaviyo_events_hourly', '', false, '', '', 'SELECT', ''),
            ('login_accounts', '', false, '', '', 'SELECT', ''),
            ('loaded_chunks', '', false, '', '', everything, ''),
            ('persons', '', false, '', '', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT'),
            ('oauth_refreshes', '', false, '', '', everything, ''),
            ('operation_runs', '', false, '', '', everything, ''),
            ('projection_watermarks', '', false, '', '', everything, ''),
            ('merged_before', '', false, '', '', everything, ''),
            ('profile_reactions', '', false, '', '', everything, ''),
            ('reach_changed', '', false, '', '', everything, ''),
            ('reachable_people', '', false, '', '', everything, ''),
            ('raw_api_responses', '', false, '', '', everything, ''),
            ('report_calls', '', false, '', '', everything, ''),
            ('retention_horizons', '', false, '', '', everything, ''),
            ('sales_aggregated_rest', '', false, '', '', 'SELECT', ''),
            ('sales_daily_summary_changed', '', false, '', '', everything, ''),
            ('sales_daily_summary_stored', '', false, '', '', 'SELECT', ''),
            ('scheduled_work', '', false, '', '', everything, ''),
            ('schema_migrations', '', false, '', '', 'SELECT', ''),
            ('touched', '', false, '', '', everything, '')
        ) AS w (name, guard, readable, personal, secret, loads, plans)
        JOIN pg_class AS c ON c.relname = w.name AND c.relnamespace = current_schema()::regnamespace
        ORDER BY w.guard = 'model', w.name
    LOOP
        seen := place.held::text;
        EXECUTE format('REVOKE ALL ON %s FROM analytics_reader, pii_reader, promo_planner, etl_writer', place.held);
        IF place.guard <> '' THEN
            BEGIN
                EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', place.held);
            EXCEPTION WHEN feature_not_supported THEN
                -- TimescaleDB's compression and row-level security exclude each other: readers get a view instead.
                seen := format('%I', 'visible_' || place.name);
                EXECUTE format('CREATE OR REPLACE VIEW %s WITH (security_barrier) AS SELECT * FROM %s WHERE %s', seen, place.held, by_account);
                EXECUTE format('REVOKE ALL ON %s FROM analytics_reader, pii_reader', seen);
            END;
        END IF;
        IF place.guard <> '' AND seen = place.held::text THEN
            EXECUTE format('DROP POLICY IF EXISTS by_account ON %s', place.held);
            EXECUTE format(
                'CREATE POLICY by_account ON %s FOR SELECT TO analytics_reader USING (%s)', place.held,
                CASE place.guard
                    WHEN 'account' THEN by_account
                    WHEN 'account or all' THEN 'klaviyo_public_id IS NULL OR ' || by_account
                    ELSE format('model_id IN (SELECT m.model_id FROM %I.forecast_models AS m)', current_schema())
                END
            );
            EXECUTE format('DROP POLICY IF EXISTS loading ON %s', place.held);
            EXECUTE format('CREATE POLICY loading ON %s TO etl_writer USING (true) WITH CHECK (true)', place.held);
            IF place.plans <> '' THEN
                EXECUTE format('DROP POLICY IF EXISTS planned ON %s', place.held);
                EXECUTE format('DROP POLICY IF EXISTS planned_anew ON %s', place.held);
                EXECUTE format('CREATE POLICY planned ON %s FOR INSERT TO promo_planner WITH CHECK (klaviyo_public_id IS NULL OR %s)', place.held, by_account);
                EXECUTE format('CREATE POLICY planned_anew ON %s FOR UPDATE TO promo_planner USING (klaviyo_public_id IS NULL OR %s)', place.held, by_account);
            END IF;
        END IF;
        EXECUTE format('GRANT %s ON %s TO etl_writer', place.loads, place.held);
        IF place.plans <> '' THEN
            EXECUTE format('GRANT %s ON %s TO promo_planner', place.plans, place.held);
        END IF;
        IF place.readable THEN
            IF place.personal = '' AND place.secret = '' THEN
                EXECUTE format('GRANT SELECT ON %s TO analytics_reader', seen);
            ELSE
                SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO shown
                FROM pg_attribute AS a
                WHERE a.attrelid = place.held AND a.attnum > 0 AND NOT a.attisdropped
                    AND a.attname <> ALL (string_to_array(place.personal || ', ' || place.secret, ', '));
                EXECUTE format('GRANT SELECT (%s) ON %s TO analytics_reader', shown, seen);
            END IF;
            IF place.personal <> '' THEN
                EXECUTE format('GRANT SELECT (%s) ON %s TO pii_reader', place.personal, seen);
            END IF;
        END IF;
        -- From PostgreSQL 17 on upkeep is a right of its own.
        IF place.is_table AND current_setting('server_version_num')::integer >= 170000 THEN
            EXECUTE format('GRANT MAINTAIN ON %s TO etl_writer', place.held);
        END IF;
    END LOOP;
    -- Who may see and do what is given by nothing that syncs or loads. A database whose roles are older has none yet.
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'access_keeper') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO access_keeper', current_schema());
        REVOKE ALL ON grants, audit_log, persons FROM access_keeper;
        GRANT SELECT, INSERT, UPDATE, DELETE ON grants TO access_keeper;
        GRANT INSERT ON audit_log TO access_keeper;
        GRANT SELECT, INSERT ON persons TO access_keeper;
    END IF;
    GRANT EXECUTE ON FUNCTION sales_partitions(DATE, DATE), refresh_sales_daily_summary() TO etl_writer;
END
$$;
