-- The file that a row came from: a corrected file replaces its own rows.

ALTER TABLE sales_aggregated ADD COLUMN source_file VARCHAR COLLATE "C";
ALTER TABLE targets ADD COLUMN source_file VARCHAR COLLATE "C";
ALTER TABLE segments ADD COLUMN source_file VARCHAR COLLATE "C";

-- As it was, with the rights of its owner, and the file goes along with a row that moves.
CREATE OR REPLACE FUNCTION sales_partitions(p_from DATE, p_to DATE) RETURNS INTEGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
                'units, created_at, updated_at, source_file) SELECT id, date, channel, department, promo_flag, discount_pct, '
                'sales_value, margin_value, units, created_at, updated_at, source_file FROM moved',
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
