-- Views, the stored daily summary behind one of them, and functions.

-- A partition for each month from `p_from` to `p_to`; rows that waited for one move into it. How many were made.
CREATE FUNCTION sales_partitions(p_from DATE, p_to DATE) RETURNS INTEGER
LANGUAGE plpgsql AS $$
DECLARE
    month DATE;
    name TEXT;
    made INTEGER := 0;
BEGIN
    FOR month IN SELECT generate_series(date_trunc('month', p_from), date_trunc('month', p_to), interval '1 month')::date
    LOOP
        name := 'sales_aggregated_' || to_char(month, 'YYYY_MM');
        IF to_regclass(name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE sales_aggregated INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS)', name);
            EXECUTE format(
                'WITH moved AS (DELETE FROM sales_aggregated_rest WHERE date >= %L AND date < %L RETURNING *) '
                'INSERT INTO %I (id, date, channel, department, promo_flag, discount_pct, sales_value, margin_value, '
                'units, created_at, updated_at) SELECT id, date, channel, department, promo_flag, discount_pct, '
                'sales_value, margin_value, units, created_at, updated_at FROM moved',
                month, month + interval '1 month', name
            );
            EXECUTE format(
                'ALTER TABLE sales_aggregated ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                name, month, (month + interval '1 month')::date
            );
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

SELECT sales_partitions(now()::date, (now() + interval '2 months')::date);

CREATE MATERIALIZED VIEW sales_daily_summary_stored AS
SELECT
    date,
    channel,
    sum(sales_value) AS total_sales_value,
    sum(margin_value) AS total_margin_value,
    CASE WHEN sum(sales_value) > 0
         THEN CAST(sum(margin_value) / sum(sales_value) * 100 AS NUMERIC(18, 2))
    END AS avg_margin_pct,
    CAST(sum(units) AS BIGINT) AS total_units,
    count(DISTINCT date) FILTER (WHERE promo_flag OR discount_pct > 0) AS promo_days_count
FROM sales_aggregated
GROUP BY date, channel;

CREATE UNIQUE INDEX idx_sales_daily_summary_stored ON sales_daily_summary_stored (date, channel);

-- Days whose sales have changed since the summary was stored: they are summed up when they are asked for.
CREATE TABLE sales_daily_summary_changed (
    date DATE PRIMARY KEY
);

CREATE VIEW sales_daily_summary AS
SELECT date, channel, total_sales_value, total_margin_value, avg_margin_pct, total_units, promo_days_count
FROM sales_daily_summary_stored AS s
WHERE NOT EXISTS (SELECT 1 FROM sales_daily_summary_changed AS c WHERE c.date = s.date)
UNION ALL
SELECT
    date,
    channel,
    sum(sales_value),
    sum(margin_value),
    CASE WHEN sum(sales_value) > 0
         THEN CAST(sum(margin_value) / sum(sales_value) * 100 AS NUMERIC(18, 2))
    END,
    CAST(sum(units) AS BIGINT),
    count(DISTINCT date) FILTER (WHERE promo_flag OR discount_pct > 0)
FROM sales_aggregated AS a
WHERE EXISTS (SELECT 1 FROM sales_daily_summary_changed AS c WHERE c.date = a.date)
GROUP BY date, channel;

CREATE FUNCTION note_changed_sales() RETURNS TRIGGER
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO sales_daily_summary_changed SELECT DISTINCT date FROM arrived ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO sales_daily_summary_changed
        SELECT date FROM arrived UNION SELECT date FROM left_over ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO sales_daily_summary_changed SELECT DISTINCT date FROM left_over ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO sales_daily_summary_changed
        SELECT DISTINCT date FROM sales_daily_summary_stored ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER sales_inserted AFTER INSERT ON sales_aggregated
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION note_changed_sales();
CREATE TRIGGER sales_updated AFTER UPDATE ON sales_aggregated
    REFERENCING NEW TABLE AS arrived OLD TABLE AS left_over FOR EACH STATEMENT EXECUTE FUNCTION note_changed_sales();
CREATE TRIGGER sales_deleted AFTER DELETE ON sales_aggregated
    REFERENCING OLD TABLE AS left_over FOR EACH STATEMENT EXECUTE FUNCTION note_changed_sales();
CREATE TRIGGER sales_truncated AFTER TRUNCATE ON sales_aggregated
    FOR EACH STATEMENT EXECUTE FUNCTION note_changed_sales();

-- Stores the daily summary anew. Readers go on meanwhile.
CREATE FUNCTION refresh_sales_daily_summary() RETURNS VOID
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM sales_daily_summary_changed;
    REFRESH MATERIALIZED VIEW CONCURRENTLY sales_daily_summary_stored;
END
$$;

CREATE VIEW scenario_comparison_view AS
WITH latest AS (
    SELECT DISTINCT ON (scenario_id) * FROM scenario_kpis ORDER BY scenario_id, created_at DESC, id DESC
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
FROM promo_scenarios AS ps
LEFT JOIN latest AS sk ON ps.id = sk.scenario_id
LEFT JOIN validation_reports AS vr ON ps.id = vr.scenario_id;

-- What each department and channel sells on such a weekday without a promotion: the mean of its own promo-free days of
-- that weekday before the range, summed over what was asked for; no value where nothing is known. Money to the cent,
-- units to the piece, halves away from zero. The same numbers as analytics.baseline.
CREATE FUNCTION calculate_baseline_forecast(
    p_start_date DATE,
    p_end_date DATE,
    p_channel VARCHAR DEFAULT NULL,
    p_department VARCHAR DEFAULT NULL
) RETURNS TABLE (
    date DATE,
    forecasted_sales_value NUMERIC,
    forecasted_margin_value NUMERIC,
    forecasted_units BIGINT
)
LANGUAGE sql STABLE AS $$
    WITH days AS (
        SELECT
            a.department, a.channel, a.date,
            sum(a.sales_value) AS sales_value, sum(a.margin_value) AS margin_value, sum(a.units) AS units
        FROM sales_aggregated AS a
        WHERE a.date < p_start_date
            AND (p_channel IS NULL OR a.channel = p_channel)
            AND (p_department IS NULL OR a.department = p_department)
        GROUP BY a.department, a.channel, a.date
        HAVING NOT bool_or(coalesce(a.promo_flag, false) OR coalesce(a.discount_pct, 0) > 0)
    ),
    weekdays AS (
        SELECT
            extract(isodow FROM d.date) AS weekday,
            sum(d.sales_value)::numeric(60, 20) / count(*) AS sales_value,
            sum(d.margin_value)::numeric(60, 20) / count(*) AS margin_value,
            sum(d.units)::numeric(60, 20) / count(*) AS units
        FROM days AS d
        GROUP BY d.department, d.channel, extract(isodow FROM d.date)
    ),
    summed AS (
        SELECT
            w.weekday, sum(w.sales_value) AS sales_value, sum(w.margin_value) AS margin_value, sum(w.units) AS units
        FROM weekdays AS w
        GROUP BY w.weekday
    )
    SELECT
        asked.day::date,
        round(round(s.sales_value, 10), 2),
        round(round(s.margin_value, 10), 2),
        round(round(s.units, 10))::bigint
    FROM generate_series(p_start_date::timestamp, p_end_date::timestamp, interval '1 day') AS asked (day)
    LEFT JOIN summed AS s ON s.weekday = extract(isodow FROM asked.day)
    ORDER BY asked.day
$$;

-- The moment of a change, where the change does not name one itself.
CREATE FUNCTION set_updated_at() RETURNS TRIGGER
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END
$$;

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'stores', 'settings', 'saved_views', 'sales_aggregated', 'promo_scenarios', 'creative_briefs', 'segments',
        'targets', 'forecast_models'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER set_updated_at BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION set_updated_at()', name
        );
    END LOOP;
END
$$;
