-- purpose: the roles of the warehouse; what pii_reader and promo_planner see beside their own is what analytics_reader sees
-- grain: one role
CREATE ROLE IF NOT EXISTS analytics_reader {on_cluster};
-- @next
CREATE ROLE IF NOT EXISTS pii_reader {on_cluster};
-- @next
CREATE ROLE IF NOT EXISTS promo_planner {on_cluster};
-- @next
CREATE ROLE IF NOT EXISTS etl_writer {on_cluster};
-- @next
GRANT {on_cluster} analytics_reader TO pii_reader, promo_planner;
-- @next
GRANT {on_cluster} CREATE TEMPORARY TABLE ON *.* TO etl_writer;
-- @next
GRANT {on_cluster} SELECT ON schema_migrations TO etl_writer;
-- @next
-- Whoever writes rows takes versions for them.
GRANT {on_cluster} SELECT, INSERT ON row_versions TO etl_writer;
