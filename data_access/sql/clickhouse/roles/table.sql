-- purpose: who reads and writes a table of the warehouse, and which rows; what stood before is taken away first
-- grain: one table; `the_table` is put in by the caller, and of a cluster the table behind it too
REVOKE {on_cluster} ALL ON the_table FROM analytics_reader, pii_reader, promo_planner, etl_writer;
-- @next
GRANT {on_cluster} SELECT ON the_table TO analytics_reader;
-- @next
-- Upkeep permits a merge to drop the marks of removed rows, which is a setting of the table.
GRANT {on_cluster} SELECT, INSERT, OPTIMIZE, ALTER SETTINGS ON the_table TO etl_writer;
-- @next
CREATE ROW POLICY OR REPLACE by_account {on_cluster} ON the_table FOR SELECT
USING klaviyo_public_id = getSettingOrDefault('SQL_promolens_account', '') TO analytics_reader;
-- @next
CREATE ROW POLICY OR REPLACE loading {on_cluster} ON the_table FOR SELECT USING 1 TO etl_writer;
