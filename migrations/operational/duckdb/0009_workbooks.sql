-- The file that a row came from: a corrected file replaces its own rows.

ALTER TABLE sales_aggregated ADD COLUMN source_file VARCHAR;
ALTER TABLE targets ADD COLUMN source_file VARCHAR;
ALTER TABLE segments ADD COLUMN source_file VARCHAR;
