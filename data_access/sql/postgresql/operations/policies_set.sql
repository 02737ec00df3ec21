-- purpose: brings TimescaleDB's retention policies to the settings; nothing where the extension is not there
-- grain: the database
-- params: events_months Int32, aggregated_months Int32
SELECT set_timescaledb_retention(:events_months, :aggregated_months)
