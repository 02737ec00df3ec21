-- Post-mortems as they are kept: open while a planner works on them, then closed; each with all that it says.

ALTER TABLE post_mortem_reports
    ADD COLUMN label VARCHAR COLLATE "C",
    ADD COLUMN version INTEGER DEFAULT 1,
    ADD COLUMN state VARCHAR COLLATE "C" DEFAULT 'closed',
    ADD COLUMN model_version VARCHAR COLLATE "C",
    ADD COLUMN sales_until DATE,
    ADD COLUMN marks JSONB,
    ADD COLUMN report JSONB,
    ADD COLUMN author VARCHAR COLLATE "C",
    ADD COLUMN save_id UUID,
    ADD COLUMN updated_at TIMESTAMPTZ,
    ADD COLUMN closed_by VARCHAR COLLATE "C",
    ADD COLUMN closed_at TIMESTAMPTZ;

CREATE INDEX idx_postmortem_catalog ON post_mortem_reports (promo_catalog_id);
