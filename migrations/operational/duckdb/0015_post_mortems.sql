-- Post-mortems as they are kept: open while a planner works on them, then closed; each with all that it says.

ALTER TABLE post_mortem_reports ADD COLUMN label VARCHAR;
ALTER TABLE post_mortem_reports ADD COLUMN version INTEGER DEFAULT 1;
ALTER TABLE post_mortem_reports ADD COLUMN state VARCHAR DEFAULT 'closed';
ALTER TABLE post_mortem_reports ADD COLUMN model_version VARCHAR;
ALTER TABLE post_mortem_reports ADD COLUMN sales_until DATE;
ALTER TABLE post_mortem_reports ADD COLUMN marks JSON;
ALTER TABLE post_mortem_reports ADD COLUMN report JSON;
ALTER TABLE post_mortem_reports ADD COLUMN author VARCHAR;
ALTER TABLE post_mortem_reports ADD COLUMN save_id UUID;
ALTER TABLE post_mortem_reports ADD COLUMN updated_at TIMESTAMPTZ;
ALTER TABLE post_mortem_reports ADD COLUMN closed_by VARCHAR;
ALTER TABLE post_mortem_reports ADD COLUMN closed_at TIMESTAMPTZ;
